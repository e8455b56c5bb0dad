/** What is kept of tokens, sign-in links and sessions: a hash, an owner, an end. Time is the database's. */
import { sql } from "kysely";
import type { Db } from "./db.ts";
import type { CredentialTable } from "./tables.ts";

export type CredentialKind = CredentialTable["kind"];

export interface NewCredential {
  readonly kind: CredentialKind;
  readonly hash: Buffer;
  readonly principal: string;
  readonly role: CredentialTable["role"];
  readonly label: string;
  readonly validForMs: number | null;
}

export interface FoundCredential {
  readonly id: number;
  readonly principal: string;
  readonly role: CredentialTable["role"];
  /** Since its last recorded use, or null when it was never used. */
  readonly idleMs: number | null;
}

export async function insertCredential(db: Db, { validForMs, ...credential }: NewCredential): Promise<number> {
  const { id } = await db
    .insertInto("credential")
    .values({ ...credential, expires_at: validForMs === null ? null : fromNow(validForMs) })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function findCredential(
  db: Db,
  kinds: readonly CredentialKind[],
  hash: Buffer,
): Promise<FoundCredential | null> {
  const row = await db
    .selectFrom("credential")
    .select([
      "id",
      "principal",
      "role",
      sql<number | null>`extract(epoch from now() - used_at)::float8 * 1000`.as("idle_ms"),
    ])
    .where("hash", "=", hash)
    .where("kind", "in", kinds)
    .where("revoked_at", "is", null)
    .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", sql<Date>`now()`)]))
    .executeTakeFirst();
  return row ? { id: row.id, principal: row.principal, role: row.role, idleMs: row.idle_ms } : null;
}

/** Replicas that saw the same old `used_at` all come here; the first writes, the others change nothing. */
export async function touchCredential(db: Db, id: number, everyMs: number): Promise<void> {
  await db
    .updateTable("credential")
    .set({ used_at: sql<Date>`now()` })
    .where("id", "=", id)
    .where((e) => e.or([e("used_at", "is", null), e("used_at", "<", fromNow(-everyMs))]))
    .execute();
}

/** Uses it up: valid now and never again. Null when it was not valid. */
export async function burnCredential(
  db: Db,
  kind: CredentialKind,
  hash: Buffer,
): Promise<Pick<FoundCredential, "principal" | "role"> | null> {
  const row = await db
    .updateTable("credential")
    .set({ used_at: sql<Date>`now()`, revoked_at: sql<Date>`now()` })
    .where("hash", "=", hash)
    .where("kind", "=", kind)
    .where("revoked_at", "is", null)
    .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", sql<Date>`now()`)]))
    .returning(["principal", "role"])
    .executeTakeFirst();
  return row ?? null;
}

export async function revokeCredentials(
  db: Db,
  of: { readonly hash: Buffer } | { readonly principal: string },
): Promise<number> {
  const revoked = await db
    .updateTable("credential")
    .set({ revoked_at: sql<Date>`now()` })
    .where("revoked_at", "is", null)
    .$if("hash" in of, (q) => q.where("hash", "=", (of as { hash: Buffer }).hash))
    .$if("principal" in of, (q) => q.where("principal", "=", (of as { principal: string }).principal))
    .executeTakeFirst();
  return Number(revoked.numUpdatedRows);
}

function fromNow(milliseconds: number) {
  return sql<Date>`now() + ${milliseconds}::float8 * interval '1 millisecond'`;
}
