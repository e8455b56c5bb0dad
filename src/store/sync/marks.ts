/** How far a source has been read and how it fares: one small row a source, written only by its holder. */
import { sql, type UpdateObject } from "kysely";
import type { Db } from "../db.ts";
import type { Tables } from "../tables.ts";
import { Fenced, type Lease } from "./lease.ts";

type MarkColumns = Omit<Tables["source_sync"], "source_id" | "owner" | "epoch" | "lease_until">;
export type MarkChange = UpdateObject<{ source_sync: MarkColumns }, "source_sync">;

export interface Marks {
  readonly watermark: Date | null;
  readonly backfillFrom: Date | null;
  readonly backfillReached: Date | null;
  readonly backfillDoneAt: Date | null;
  readonly failures: number;
  readonly reachable: boolean | null;
  /** How long ago, by the database's clock; null for never. */
  readonly probedAgoMs: number | null;
  readonly jobsSweptAgoMs: number | null;
  readonly openSweptAgoMs: number | null;
  readonly gatesAskedAgoMs: number | null;
  readonly linksAskedAgoMs: number | null;
}

export async function readMarks(db: Db, sourceId: number): Promise<Marks> {
  const { rows } = await sql<Marks>`
    select watermark, backfill_from as "backfillFrom", backfill_reached as "backfillReached",
           backfill_done_at as "backfillDoneAt", failures, reachable,
           (extract(epoch from now() - probed_at) * 1000)::float8 as "probedAgoMs",
           (extract(epoch from now() - jobs_swept_at) * 1000)::float8 as "jobsSweptAgoMs",
           (extract(epoch from now() - open_swept_at) * 1000)::float8 as "openSweptAgoMs",
           (extract(epoch from now() - gates_asked_at) * 1000)::float8 as "gatesAskedAgoMs",
           (extract(epoch from now() - links_asked_at) * 1000)::float8 as "linksAskedAgoMs"
    from source_sync where source_id = ${sourceId}`.execute(db);
  const [marks] = rows;
  if (!marks) throw new Error(`source ${sourceId} has no marks: it was never declared`);
  return marks;
}

/** The database's moment, for marks that say when something happened here. */
export const NOW = sql<Date>`now()`;

/** One statement, guarded by the epoch it changes nothing of. Throws `Fenced` when the source is no longer ours. */
export async function writeMarks(db: Db, lease: Lease, change: MarkChange): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("source_sync")
    .set(change as UpdateObject<Tables, "source_sync">)
    .where("source_id", "=", lease.sourceId)
    .where("epoch", "=", lease.epoch)
    .where("owner", "=", lease.owner)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new Fenced(lease);
}
