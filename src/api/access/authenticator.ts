/** Who asks, remembered for seconds: a look-up a request would cost more than most questions. */
import type { FastifyRequest } from "fastify";
import type { Governance } from "../../governance/governance.ts";
import type { Principal } from "../../governance/principal.ts";
import type { Clock } from "../../lib/clock.ts";

export const SESSION_COOKIE = "tutti_session";

/** How a request proves who it comes from. A browser sends its cookie by itself, so that one proves less. */
export interface Proof {
  readonly secret: string;
  readonly by: "token" | "cookie";
}

export function proofOf(headers: FastifyRequest["headers"]): Proof | null {
  const [, token] = /^Bearer +([\x21-\x7e]+)$/i.exec(headers.authorization ?? "") ?? [];
  if (token) return { secret: token, by: "token" };
  // A wrong header is not made good by a cookie beside it.
  if (headers.authorization !== undefined) return null;
  const [, session] = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]+)`).exec(headers.cookie ?? "") ?? [];
  return session ? { secret: session, by: "cookie" } : null;
}

const MAX_REMEMBERED = 1_000;

export interface AuthenticatorOptions {
  readonly governance: Pick<Governance, "authenticate">;
  readonly clock: Clock;
  /** A revoked secret opens doors for this long at most. */
  readonly trustMs: number;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  /** Promises, so that a hundred requests with one token make one look-up. */
  readonly #known = new Map<string, { readonly untilMs: number; readonly principal: Promise<Principal | null> }>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  principalOf(secret: string): Promise<Principal | null> {
    const nowMs = this.#options.clock.monotonicMs();
    const known = this.#known.get(secret);
    if (known && known.untilMs > nowMs) return known.principal;
    const principal = this.#options.governance.authenticate(secret);
    this.#remember(secret, principal, nowMs + this.#options.trustMs);
    return principal;
  }

  #remember(secret: string, principal: Promise<Principal | null>, untilMs: number): void {
    const forget = () => {
      if (this.#known.get(secret)?.principal === principal) this.#known.delete(secret);
    };
    // Neither a failure nor a stranger is worth remembering: a sign-in must work at once, and guesses must not pile up.
    principal.then((found) => found ?? forget(), forget);
    this.#known.delete(secret);
    this.#known.set(secret, { untilMs, principal });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}
