/**
 * A run that an answer to our own request told of, into the mirror: at once, without waiting for the sync to see it.
 *
 * Whoever writes here holds no lease on the source, so it proves nothing by an epoch. It takes the same row's lock, which
 * keeps the reader's writes apart from its own; and it is as fresh as it says, so that what was read later stands.
 */
import { sql } from "kysely";
import type { ForeignRun } from "../../model/foreign.ts";
import { announceChanges } from "../changes.ts";
import type { Db } from "../db.ts";
import { findNews } from "./news.ts";
import { planRuns } from "./plan-runs.ts";
import { storableRun } from "./storable.ts";
import { toStatement, writeRuns } from "./write-runs.ts";

/** Within a transaction. Answers with our row of it, or null where it cannot be stored. */
export async function keepOwnRun(trx: Db, sourceId: number, seen: ForeignRun, readAt: Date): Promise<number | null> {
  const { row: run } = storableRun(seen);
  if (!run) return null;
  await sql`select from source_sync where source_id = ${sourceId} for no key update`.execute(trx);
  const plan = planRuns(await findNews(trx, sourceId, [run]), readAt);
  if (plan.writes.length > 0) {
    const ids = await writeRuns(trx, toStatement(sourceId, plan, readAt));
    await announceChanges(trx, [{ sourceId, runs: ids }]);
    return ids[0] ?? null;
  }
  return rowOf(trx, sourceId, run);
}

async function rowOf(trx: Db, sourceId: number, { jobId, runId }: ForeignRun): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    select r.id from run r join job j on j.source_id = r.source_id and j.id = r.job_id
    where r.source_id = ${sourceId} and j.external_id = ${jobId} and r.external_id = ${runId}`.execute(trx);
  return rows[0]?.id ?? null;
}

/** A switch that the tool has confirmed. A list read since then knows better. */
export async function keepPaused(
  db: Db,
  job: { readonly sourceId: number; readonly id: number },
  paused: boolean,
  readAt: Date,
): Promise<void> {
  await sql`
    update job set paused = ${paused}, observed_at = ${readAt}
    where source_id = ${job.sourceId} and id = ${job.id} and observed_at <= ${readAt} and paused <> ${paused}`.execute(
    db,
  );
}
