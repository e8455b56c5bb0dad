/**
 * The crumb that Jenkins wants beside every action of whoever comes with a password: a hash over user and session, so
 * worth nothing without the cookie it came with. A token needs none.
 */
import { abortOf } from "../../src/adapter/abort.ts";

export interface Crumb {
  readonly headers: Readonly<Record<string, string>>;
}

export interface Crumbs {
  /** Empty before the first was fetched, and where protection is off. */
  headers(): Readonly<Record<string, string>>;
  /** Fetches one unless there is one. */
  ensure(signal: AbortSignal): Promise<void>;
  /** Forgets this one, unless somebody has already fetched another. */
  refuse(stale: Readonly<Record<string, string>>): void;
}

export function keepCrumbs(fetchCrumb: () => Promise<Crumb>): Crumbs {
  let held: Crumb | null = null;
  let pending: Promise<void> | null = null;

  async function fetchAnew(): Promise<void> {
    held = await fetchCrumb();
  }

  return {
    headers: () => held?.headers ?? {},
    async ensure(signal) {
      if (held) return;
      pending ??= fetchAnew().finally(() => {
        pending = null;
      });
      await pending;
      if (signal.aborted) throw abortOf(signal);
    },
    refuse(stale) {
      if (held?.headers === stale) held = null;
    },
  };
}

/** The cookies of a `Set-Cookie`, several of which come joined by commas, as a browser would send them back. */
export function cookieOf(setCookie: string | undefined): string | null {
  const pairs = [...(setCookie ?? "").matchAll(/(?:^|,)\s*([^=;,\s]+=[^;,\s]*)/g)].map(([, pair]) => pair);
  return pairs.length === 0 ? null : pairs.join("; ");
}
