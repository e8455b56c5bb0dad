/**
 * Tokens, sign-in links and sessions. Each is 256 random bits, so a plain SHA-256 of it is enough to keep: there is
 * nothing to guess, and a stolen table lets nobody in.
 */
import { createHash, randomBytes } from "node:crypto";
import type { CredentialKind, NewCredential } from "../store/credentials.ts";
import {
  burnCredential,
  findCredential,
  insertCredential,
  revokeCredentials,
  touchCredential,
} from "../store/credentials.ts";
import type { Db } from "../store/db.ts";
import type { Principal, Role } from "./principal.ts";

/** Shown in the text itself, so that a leaked one is known for what it is by people and by secret scanners. */
const PREFIX: Readonly<Record<CredentialKind, string>> = {
  token: "tutti_",
  "sign-in": "tutti_in_",
  session: "tutti_s_",
};

/** Of a text worth hashing at all. */
const MAX_LENGTH = 1_024;

const SIGN_IN_VALID_MS = 15 * 60_000;
const SESSION_VALID_MS = 12 * 3_600_000;
/** `used_at` says "in use", not "when exactly": writing it at every request would cost more than the request. */
const TOUCH_EVERY_MS = 60_000;

export interface CredentialRequest {
  readonly kind: CredentialKind;
  readonly principal: string;
  readonly role: Role;
  /** For people: what it is for. */
  readonly label: string;
  /** From now. Null never expires. */
  readonly validForMs: number | null;
}

export interface IssuedCredential {
  readonly id: number;
  /** Shown once: we keep only its hash. */
  readonly secret: string;
}

export async function issueCredential(db: Db, request: CredentialRequest): Promise<IssuedCredential> {
  const secret = `${PREFIX[request.kind]}${randomBytes(32).toString("base64url")}`;
  const credential: NewCredential = { ...request, hash: hashOf(secret) };
  return { id: await insertCredential(db, credential), secret };
}

/** Makes a secret somebody else chose a good one: the admin token an operator sets. Asked again, it changes nothing. */
export async function adoptCredential(db: Db, secret: string, request: CredentialRequest): Promise<void> {
  await insertCredential(db, { ...request, hash: hashOf(secret) }).catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
  });
}

/** A link that opens a session for the same principal, once, within a quarter of an hour. */
export async function issueSignInCode(db: Db, principal: Principal): Promise<string> {
  const { secret } = await issueCredential(db, {
    kind: "sign-in",
    principal: principal.name,
    role: principal.role,
    label: "sign-in link",
    validForMs: SIGN_IN_VALID_MS,
  });
  return secret;
}

/** Burns the code and opens a session. Null when the code is unknown, expired or burnt; of two at once one wins. */
export async function signIn(db: Db, code: string): Promise<Session | null> {
  return db.transaction().execute(async (tx) => {
    const burnt = await burnCredential(tx, "sign-in", hashOf(code));
    if (!burnt) return null;
    const principal = { name: burnt.principal, role: burnt.role };
    const { secret } = await issueCredential(tx, {
      kind: "session",
      principal: principal.name,
      role: principal.role,
      label: "console",
      validForMs: SESSION_VALID_MS,
    });
    return { secret, principal, validForMs: SESSION_VALID_MS };
  });
}

export interface Session {
  readonly secret: string;
  readonly principal: Principal;
  readonly validForMs: number;
}

/** Who holds this token or session, or null. A sign-in code opens no door but its own. */
export async function authenticate(db: Db, secret: string): Promise<Principal | null> {
  if (secret.length > MAX_LENGTH) return null;
  const found = await findCredential(db, ["token", "session"], hashOf(secret));
  if (!found) return null;
  if (found.idleMs === null || found.idleMs > TOUCH_EVERY_MS) await touchCredential(db, found.id, TOUCH_EVERY_MS);
  return { name: found.principal, role: found.role };
}

/** Returns whether it was valid until now. */
export async function revokeCredential(db: Db, secret: string): Promise<boolean> {
  return (await revokeCredentials(db, { hash: hashOf(secret) })) > 0;
}

/** Everything a principal holds: tokens, links and sessions. */
export async function revokeAllOf(db: Db, principal: string): Promise<number> {
  return revokeCredentials(db, { principal });
}

function isDuplicate(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "23505";
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}
