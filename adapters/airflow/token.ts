/**
 * A token from `/auth/token`, or from whoever issues one, kept until four fifths of its life are over.
 *
 * All who need a new one share one login. A 401 before that time means that the server's secret has changed, and every
 * token with it: the boundary then asks for one renewal.
 */
import { abortOf } from "../../src/adapter/abort.ts";
import type { Authorizer } from "../../src/adapter/http/http.ts";

export interface TokenOptions {
  /** Asks for a token; one that tells its own life by its claims may come alone. */
  readonly login: () => Promise<string | Issued>;
  readonly now: () => Date;
  /** How it is sent along; as a bearer, unless said otherwise. */
  readonly headers?: (token: string) => Record<string, string>;
}

export interface Issued {
  readonly token: string;
  /** Null where nobody says: it is used until it is refused. */
  readonly lifeMs: number | null;
}

interface HeldToken {
  readonly token: string;
  readonly renewAt: number;
}

const SHARE_OF_LIFE = 0.8;

export function tokenAuth({ login, now, headers = bearer }: TokenOptions): Required<Authorizer> {
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
      return headers(usable.token);
    },

    async renew(signal) {
      await orAbort(fetchToken, signal);
      return true;
    },
  };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Measured by our clock from the moment we got it: the token's own times are those of another clock. */
function holdToken(issued: string | Issued, now: Date): HeldToken {
  const { token, lifeMs } = typeof issued === "string" ? { token: issued, lifeMs: lifeOf(issued) } : issued;
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
