/** One cluster over time: the way to it, opened when it is first asked and anew when its certificates change. */
import type { Host } from "../../src/adapter/contract.ts";
import type { Http } from "../../src/adapter/http/http.ts";
import { type LineOptions, lineTo, printOf } from "./access/line.ts";
import type { KubernetesConfig } from "./config.ts";
import type { Reading } from "./translate.ts";

/** What every question needs: the way, the settings, and until when. */
export interface Talk {
  readonly http: Http;
  readonly config: KubernetesConfig;
  readonly reading: Reading;
  readonly signal: AbortSignal;
}

export interface Session {
  talk(signal: AbortSignal): Promise<Talk>;
  close(): void;
}

const CONCURRENCY = 6;
const TIMEOUT_MS = 30_000;
/** How long what is under way may go on over a line that has been replaced. */
const FAREWELL_MS = 60_000;

export function openSession(config: KubernetesConfig, host: Host): Session {
  const find = lineTo(config.access, host);
  const reading: Reading = {
    groupBy: config.groupBy ?? null,
    defaultTimeZone: config.defaultTimeZone,
    dashboard: config.dashboard ?? null,
  };
  let held: { readonly http: Http; readonly print: string; readonly line: LineOptions } | null = null;
  const leaving = new Map<Http, NodeJS.Timeout>();

  async function current(): Promise<Http> {
    const line = await find();
    const print = printOf(line);
    if (held?.print === print && held.line.authorize === line.authorize) return held.http;
    if (held) letGo(held.http);
    held = { http: host.http({ ...line, concurrency: CONCURRENCY, timeoutMs: TIMEOUT_MS }), print, line };
    return held.http;
  }

  function letGo(http: Http): void {
    const timer = setTimeout(() => {
      leaving.delete(http);
      http.close();
    }, FAREWELL_MS);
    leaving.set(http, timer.unref());
  }

  return {
    talk: async (signal) => ({ http: await current(), config, reading, signal }),
    close() {
      held?.http.close();
      for (const [http, timer] of leaving) {
        clearTimeout(timer);
        http.close();
      }
      leaving.clear();
    },
  };
}
