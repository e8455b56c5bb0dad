/** One Airflow over time: how we reach it, who we are there, and in which dialect it is spoken to. */
import type { Host } from "../../src/adapter/contract.ts";
import type { Http } from "../../src/adapter/http/http.ts";
import type { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import { authorizer, type Credentials } from "./auth.ts";
import { type AirflowConfig, rootOf } from "./config.ts";
import { detector, type Found } from "./detector.ts";
import type { Api, Dialect } from "./dialect.ts";
import { tokenBody } from "./rows.ts";

/** With whom we talk, in which dialect, and until when. */
export interface Talk {
  readonly http: Http;
  readonly root: string;
  readonly dialect: Dialect;
  readonly signal: AbortSignal;
}

export interface Session {
  /** In the dialect we know. */
  talk(signal: AbortSignal): Promise<Talk>;
  /** Asks the server anew what it speaks. */
  detect(signal: AbortSignal): Promise<Found & { readonly talk: Talk }>;
  /** A path that every Airflow has was a 404: the talk in the dialect spoken by now, or the error when ours still is. */
  begunAnew(talk: Talk, error: RemoteError): Promise<Talk>;
  close(): void;
}

/** Few web workers stand behind the largest Airflow. */
const CONCURRENCY = 4;
const TIMEOUT_MS = 30_000;

export function openSession(config: AirflowConfig, host: Host): Session {
  const root = rootOf(config);
  const ended = new AbortController();
  // What we take the server for: while it is asked for its version, and from then on.
  let speaking: Api = "v2";

  async function login(credentials: Credentials): Promise<string> {
    const reply = await http.post("/auth/token", credentials, { signal: ended.signal, anonymous: true });
    return readBody(tokenBody, reply, "a token").access_token;
  }

  const auth = authorizer({
    auth: config.auth,
    host,
    api: () => speaking,
    login,
    web: () => http,
    signal: ended.signal,
  });
  const http: Http = host.http({
    baseUrl: root,
    concurrency: CONCURRENCY,
    timeoutMs: TIMEOUT_MS,
    ...(auth ? { authorize: auth } : {}),
    ...(config.ca === undefined ? {} : { ca: config.ca }),
  });
  const finder = detector({
    http,
    // A token would need a login, and `/version` asks for none. A cloud's own door asks before Airflow is reached.
    anonymous: !["bearer", "google"].includes(config.auth.kind),
    onSpeak: (api) => {
      speaking = api;
    },
  });

  const talkIn = (dialect: Dialect, signal: AbortSignal): Talk => ({ http, root, dialect, signal });

  return {
    talk: async (signal) => talkIn(await finder.dialect(signal), signal),

    async detect(signal) {
      const found = await finder.detect(signal);
      return { ...found, talk: talkIn(found.dialect, signal) };
    },

    async begunAnew({ dialect, signal }, error) {
      const { dialect: now } = await finder.detect(signal);
      if (now.api === dialect.api) throw error;
      return talkIn(now, signal);
    },

    close() {
      ended.abort();
      http.close();
    },
  };
}
