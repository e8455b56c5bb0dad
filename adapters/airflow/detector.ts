/**
 * Finds out which API the server speaks, and finds out again when it changes under us.
 *
 * `/version` asks for no login in either API. v2 first: a 3.x knows no v1 at all, and a 2.x answers 404 to v2.
 */
import type { Http } from "../../src/adapter/http/http.ts";
import { isFault, RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import { type Api, type Dialect, dialectOf } from "./dialect.ts";
import { versionBody } from "./rows.ts";

export interface Found {
  readonly dialect: Dialect;
  readonly readAt: Date;
  /** Whether the server told its time itself. */
  readonly dated: boolean;
}

export interface Detector {
  /** As found out before, or now. */
  dialect(signal: AbortSignal): Promise<Dialect>;
  /** Asks the server anew. */
  detect(signal: AbortSignal): Promise<Found>;
}

export interface DetectorOptions {
  readonly http: Http;
  readonly anonymous: boolean;
  readonly onSpeak: (api: Api) => void;
}

const NOT_AIRFLOW =
  "no Airflow answers at this url: neither /api/v2 nor /api/v1 is there; is it the url of Airflow itself, with its prefix?";

export function detector({ http, anonymous, onSpeak }: DetectorOptions): Detector {
  let known: Dialect | null = null;

  async function detect(signal: AbortSignal): Promise<Found> {
    const refusals: RemoteError[] = [];
    for (const api of ["v2", "v1"] as const) {
      const found = await ask(api, signal).catch((error: unknown) => remember(error, refusals));
      if (!found) continue;
      known = found.dialect;
      onSpeak(api);
      return found;
    }
    known = null;
    throw explain(refusals);
  }

  async function ask(api: Api, signal: AbortSignal): Promise<Found> {
    const reply = await http.get(`/api/${api}/version`, { signal, anonymous });
    const { version } = readBody(versionBody, reply, "a version");
    return { dialect: dialectOf(api, version), readAt: reply.readAt, dated: reply.headers["date"] !== undefined };
  }

  return { detect, dialect: async (signal) => known ?? (await detect(signal)).dialect };
}

/** Silence and "not now" say nothing about what stands there: only an answer may send us on to the other API. */
function remember(error: unknown, refusals: RemoteError[]): null {
  if (!isFault(error, "missing", "refused", "malformed")) throw error;
  refusals.push(error);
  return null;
}

/** Of two refusals the one that says more: a login page before both APIs is no missing Airflow. */
function explain(refusals: readonly RemoteError[]): RemoteError {
  return (
    refusals.find((error) => error.fault !== "missing") ??
    new RemoteError(NOT_AIRFLOW, { fault: "missing", passing: false })
  );
}
