/** What the faces of the product ask before they let somebody in, with the database left out. */
import type { Db } from "../store/db.ts";
import { authenticate, type Session, signIn } from "./credentials.ts";
import type { Principal } from "./principal.ts";

export interface Governance {
  /** Who holds this token or session, or null. */
  authenticate(secret: string): Promise<Principal | null>;
  /** Burns a sign-in code and opens a session; null when it is no good, or no good any more. */
  signIn(code: string): Promise<Session | null>;
}

export function governanceOver(db: Db): Governance {
  return {
    authenticate: (secret) => authenticate(db, secret),
    signIn: (code) => signIn(db, code),
  };
}
