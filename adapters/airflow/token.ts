/**
 * A token from `/auth/token`, kept until four fifths of its life are over.
 *
 * All who need a new one share one login. A 401 before that time means that the server's secret has changed, and every
 * token with it: the boundary then asks for one renewal.
 */
import { abortOf } from "../../src/adapter/abort.ts";
import type { Authorizer } from "../../src/adapter/http/http.ts";

export interface TokenOptions {
  /** Asks for a token with name and password. */
  readonly login: () => Promise<string>;
  readonly now: () => Date;
}

interface HeldToken {
  readonly token: string;
  readonly renewAt: number;
}

const SHARE_OF_LIFE = 0.8;

export function tokenAuth({ login, now }: TokenOptions): Required<Authorizer> {
  let held: HeldToken | null = null;
  let pending: Promise<HeldToken> | null = null;

  function fetchToken(): Promise<HeldToken> {
    pending ??= login()
      .then((token) => {
        held = holdToken(token, now());
        return held;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  }

  return {
    async headers(signal) {
      const usable = held !== null && now().getTime() < held.renewAt ? held : await orAbort(fetchToken, signal);
      return { authorization: `Bearer ${usable.token}` };
    },

    async renew(signal) {
      await orAbort(fetchToken, signal);
      return true;
    },
  };
}

/** Measured by our clock from the moment we got it: the token's own times are those of another clock. */
function holdToken(token: string, now: Date): HeldToken {
  const lifeMs = lifeOf(token);
  return { token, renewAt: lifeMs === null ? Infinity : now.getTime() + lifeMs * SHARE_OF_LIFE };
}

/** Null for a token that is no JWT or never ends: it is used until it is refused. */
export function lifeOf(token: string): number | null {
  const claims = claimsOf(token);
  const [issued, expires] = [claims?.["iat"], claims?.["exp"]];
  if (typeof issued !== "number" || typeof expires !== "number") return null;
  return Math.max(0, expires - issued) * 1_000;
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The login belongs to all who wait for it, so one who gives up leaves it running for the others. */
async function orAbort<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw abortOf(signal);
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(abortOf(signal));
    signal.addEventListener("abort", leave, { once: true });
  });
  return Promise.race([work(), aborted]).finally(() => signal.removeEventListener("abort", leave));
}
