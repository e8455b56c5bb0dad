/** The authorizer of a source, asked by many requests at once and renewed by one. */
import { abortOf } from "../abort.ts";
import type { Redactor } from "../redaction.ts";
import type { Authorizer } from "./http.ts";

export interface Credentials {
  headers(
    signal: AbortSignal,
  ): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly edition: number }>;
  /** Renews what was in force at `edition`. Whoever comes second finds it done; true means: ask again. */
  renew(edition: number, signal: AbortSignal): Promise<boolean>;
}

interface CredentialsDeps {
  readonly redactor: Redactor;
  readonly timeoutMs: number;
}

export function createCredentials(authorizer: Authorizer | undefined, deps: CredentialsDeps): Credentials {
  let edition = 0;
  let renewal: Promise<boolean> | null = null;

  /** Its signal is nobody's request: the first who asked may leave while the others still wait. */
  async function renewOnce(): Promise<boolean> {
    const renewed = (await authorizer?.renew?.(AbortSignal.timeout(deps.timeoutMs))) ?? false;
    if (renewed) edition += 1;
    return renewed;
  }

  return {
    async headers(signal) {
      const before = edition;
      const headers = (await authorizer?.headers(signal)) ?? {};
      for (const value of Object.values(headers)) rememberHeader(value, deps.redactor);
      return { headers, edition: before };
    },

    async renew(seen, signal) {
      if (seen < edition) return true;
      renewal ??= renewOnce().finally(() => {
        renewal = null;
      });
      return orAbort(renewal, signal);
    },
  };
}

// Beside the secret stand headers that are none, such as a tenant's number, and must not blacken every message.
const SHORTEST_TOKEN = 8;

/** The header as a whole, and what follows its scheme. */
function rememberHeader(value: string, redactor: Redactor): void {
  if (value.length < SHORTEST_TOKEN) return;
  redactor.remember(value);
  const token = /^\w+\s+(\S+)$/.exec(value)?.[1];
  if (token) redactor.remember(token);
}

async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw abortOf(signal);
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(abortOf(signal));
    signal.addEventListener("abort", leave, { once: true });
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", leave));
}
