/** The runs we hold as open, and what becomes of those that their source no longer knows. */
import { sql } from "kysely";
import type { ForeignRunRef } from "../../model/foreign.ts";
import { OPEN_STATES, type RunState } from "../../model/run-state.ts";
import { announceChanges } from "../changes.ts";
import type { Db } from "../db.ts";
import { type Lease, underLease } from "./lease.ts";

export interface OpenRun extends ForeignRunRef {
  readonly id: number;
  readonly state: RunState;
}

/** Those that vanished are left out: nobody has to ask for them again. */
export async function openRunsOf(db: Db, sourceId: number): Promise<OpenRun[]> {
  const { rows } = await sql<OpenRun>`
    select r.id, r.state, j.external_id as "jobId", r.external_id as "runId"
    from run r join job j on j.source_id = r.source_id and j.id = r.job_id
    where r.source_id = ${sourceId} and r.state in ('queued', 'running', 'waiting', 'unknown') and r.gone_at_source is null
    order by r.id`.execute(db);
  return rows;
}

/** How many runs are open now, by state, as the tallies have it. */
export async function openCounts(db: Db, sourceId: number): Promise<ReadonlyMap<RunState, number>> {
  const rows = await db
    .selectFrom("run_tally")
    .select(["state", "runs"])
    .where("source_id", "=", sourceId)
    .where("span", "=", 0)
    .execute();
  const counts = new Map<RunState, number>(OPEN_STATES.map((state) => [state, 0]));
  for (const row of rows) counts.set(row.state, row.runs);
  return counts;
}

/**
 * Open runs that the source surely no longer knows. They did not fail and did not succeed: nobody can say, so they
 * become unknown, keep the tool's last word, and carry the moment we learned of it.
 */
export async function markRunsGone(db: Db, lease: Lease, runs: readonly OpenRun[], at: Date): Promise<number> {
  if (runs.length === 0) return 0;
  const { sourceId } = lease;
  return underLease(db, lease, async (trx) => {
    const { rows } = await sql<{ id: number }>`
      with vanished as (
        select r.id, r.state
        from run r join unnest(${runs.map((run) => run.id)}::bigint[], ${runs.map((run) => run.state)}::text[]) as v(id, state)
          on r.id = v.id and r.state = v.state
        where r.source_id = ${sourceId} and r.gone_at_source is null and r.observed_at <= ${at}
        for no key update of r
      ), fewer as (
        update run_tally t set runs = t.runs - v.runs
        from (select state, count(*) as runs from vanished group by state) v
        where t.source_id = ${sourceId} and t.span = 0 and t.bucket = '-infinity' and t.state = v.state and t.state <> 'unknown'
      ), more as (
        insert into run_tally as t (source_id, span, bucket, state, runs)
        select ${sourceId}, 0, '-infinity', 'unknown', count(*) from vanished where state <> 'unknown' having count(*) > 0
        on conflict (span, bucket, source_id, state) do update set runs = t.runs + excluded.runs
      )
      update run r set state = 'unknown', state_rule = 'gone-at-source', gone_at_source = ${at}, observed_at = ${at}
      from vanished v where r.source_id = ${sourceId} and r.id = v.id
      returning r.id`.execute(trx);
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) await announceChanges(trx, [{ sourceId, runs: ids }]);
    return ids.length;
  });
}
