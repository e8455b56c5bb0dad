/**
 * Who reads a source now. One replica at a time, by the database's clock, and every write proves it first.
 *
 *   free ──claim──► held ──renew──► held …      the epoch grows with each claim, never else
 *                    │ release, or 10 s without a renewal
 *                    ▼
 *                   free
 *
 * The lease only decides who begins. What keeps a frozen holder that wakes up from overwriting its successor is the
 * epoch: a write locks the row that holds it, so that nobody can take the source over before the write has committed.
 */
import { sql } from "kysely";
import type { Db } from "../db.ts";

/** Three renewals may fail before a holder is replaced. */
export const LEASE_SECONDS = 10;

export interface Lease {
  readonly sourceId: number;
  readonly epoch: number;
  readonly owner: string;
}

/** Another replica reads the source by now: nothing was written, and nothing that this holder read counts. */
export class Fenced extends Error {
  readonly lease: Lease;

  constructor(lease: Lease) {
    super(`source ${lease.sourceId} has been taken over since epoch ${lease.epoch}`);
    this.name = "Fenced";
    this.lease = lease;
  }
}

/** Runs `write` in a transaction that holds the source against any other writer. Throws `Fenced` before it begins. */
export async function underLease<T>(db: Db, lease: Lease, write: (trx: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    const held = await trx
      .selectFrom("source_sync")
      .select("epoch")
      .where("source_id", "=", lease.sourceId)
      .where("epoch", "=", lease.epoch)
      .where("owner", "=", lease.owner)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!held) throw new Fenced(lease);
    return write(trx);
  });
}

/** Takes up to `limit` sources that nobody reads, those that have waited longest first. */
export async function claimSources(db: Db, owner: string, limit: number): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    with free as (
      select y.source_id
      from source_sync y join source s on s.id = y.source_id
      where s.removed_at is null and (y.lease_until is null or y.lease_until < now())
      order by y.attempted_at nulls first, y.source_id
      limit ${limit}
      for no key update of y skip locked
    )
    update source_sync y set owner = ${owner}, epoch = y.epoch + 1, lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from free where y.source_id = free.source_id
    returning y.source_id as "sourceId", y.epoch, y.owner`.execute(db);
  return rows;
}

/**
 * Takes one source from the replica that reads most, when it reads at least two more than we do; so that a replica that
 * joins gets its share. The loser needs no asking: its next write is fenced, and its next renewal tells it to stop.
 */
export async function takeFairShare(db: Db, owner: string): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    with held as (
      select owner, count(*) as sources from source_sync where lease_until >= now() group by owner
    ), richest as (
      select owner from held
      where owner <> ${owner}
        and sources >= 2 + coalesce((select sources from held where owner = ${owner}), 0)
      order by sources desc, owner limit 1
    ), one as (
      select y.source_id from source_sync y join richest on richest.owner = y.owner
      order by y.source_id desc limit 1
      for no key update of y skip locked
    )
    update source_sync y set owner = ${owner}, epoch = y.epoch + 1, lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from one where y.source_id = one.source_id
    returning y.source_id as "sourceId", y.epoch, y.owner`.execute(db);
  return rows;
}

/** Answers with the leases that are still ours; the others have been taken over, or their source is gone. */
export async function renewLeases(db: Db, leases: readonly Lease[]): Promise<Lease[]> {
  if (leases.length === 0) return [];
  const { rows } = await sql<{ sourceId: number }>`
    update source_sync y set lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from unnest(${leases.map((lease) => lease.sourceId)}::int[], ${leases.map((lease) => lease.epoch)}::bigint[],
                ${leases.map((lease) => lease.owner)}::text[]) as held(source_id, epoch, owner)
    where y.source_id = held.source_id and y.epoch = held.epoch and y.owner = held.owner
    returning y.source_id as "sourceId"`.execute(db);
  const renewed = new Set(rows.map((row) => row.sourceId));
  return leases.filter((lease) => renewed.has(lease.sourceId));
}

/** Gives a source back at once, so that its next reader need not wait for the lease to end. */
export async function releaseSource(db: Db, lease: Lease): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("source_sync")
    .set({ owner: null, lease_until: null })
    .where("source_id", "=", lease.sourceId)
    .where("epoch", "=", lease.epoch)
    .where("owner", "=", lease.owner)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
