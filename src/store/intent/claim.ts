/**
 * Who works on an intent. State is the queue: what is due and unheld is taken, by one replica each, and given back with
 * the write that says what came of it. The epoch grows with each claim, never else.
 */
import { sql } from "kysely";
import type { Db } from "../db.ts";
import { type Intent, intentsOf, toIntent } from "./intent.ts";

/** Three renewals may fail before a holder is replaced. */
export const INTENT_LEASE_MS = 10_000;

export interface ClaimQuestion {
  readonly owner: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** Sources that have as much under way as they get. */
  readonly busy: readonly number[];
}

export async function claimIntents(db: Db, { owner, limit, leaseMs, busy }: ClaimQuestion): Promise<Intent[]> {
  const { rows } = await intentsOf(
    sql`taken`,
    sql`
    with due as (
      select source_id, id, epoch from intent
      where next_at <= now() and (lease_until is null or lease_until < now()) and source_id <> all(${[...busy]}::int[])
      order by next_at, id limit ${limit}
      for no key update skip locked
    ), taken as (
      update intent i set owner = ${owner}, epoch = i.epoch + 1, lease_until = now() + make_interval(secs => ${leaseMs / 1_000})
      from due where i.source_id = due.source_id and i.id = due.id and i.epoch = due.epoch
        and i.state not in ('confirmed', 'refused', 'abandoned')
      returning i.*
    )`,
  ).execute(db);
  return rows.map(toIntent);
}

export interface Hold {
  readonly sourceId: number;
  readonly id: number;
  readonly epoch: number;
}

/** Answers with how many are still held: the others have been taken over, and their holder finds out when it writes. */
export async function renewIntents(db: Db, holds: readonly Hold[], leaseMs: number): Promise<number> {
  if (holds.length === 0) return 0;
  const { numAffectedRows } = await sql`
    update intent i set lease_until = now() + make_interval(secs => ${leaseMs / 1_000})
    from unnest(${holds.map((hold) => hold.sourceId)}::int[], ${holds.map((hold) => hold.id)}::bigint[],
                ${holds.map((hold) => hold.epoch)}::bigint[]) as held(source_id, id, epoch)
    where i.source_id = held.source_id and i.id = held.id and i.epoch = held.epoch and i.owner is not null
      and i.state not in ('confirmed', 'refused', 'abandoned')`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Gives back what was not begun, so that its next holder need not wait for the lease to end. */
export async function releaseIntents(db: Db, holds: readonly Hold[]): Promise<void> {
  if (holds.length === 0) return;
  await sql`
    update intent i set owner = null, lease_until = null
    from unnest(${holds.map((hold) => hold.sourceId)}::int[], ${holds.map((hold) => hold.id)}::bigint[],
                ${holds.map((hold) => hold.epoch)}::bigint[]) as held(source_id, id, epoch)
    where i.source_id = held.source_id and i.id = held.id and i.epoch = held.epoch
      and i.state not in ('confirmed', 'refused', 'abandoned')`.execute(db);
}
