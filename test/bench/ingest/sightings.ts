/** What a source says at a poll: half of it new, half of it changed. */
import { sql } from "kysely";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import type { Db } from "../../../src/store/db.ts";

/** `nth` page of `size` runs out of `known`; no run is on two. Half of them were going on until now, the rest is new. */
export async function sightings(
  db: Db,
  sourceId: number,
  { nth, size, known }: { nth: number; size: number; known: number },
): Promise<ForeignRun[]> {
  const half = size / 2;
  // Spread over the whole table, or the changed ones would share a few hot pages.
  const { rows } = await sql<{ job: string; run: string; began: Date }>`
    with reopened as (
      update run set state = 'running', native_state = 'running', state_rule = 'run.running', started_at = occurred_at,
        ended_at = null, error_kind = null, error_message = null
      where source_id = ${sourceId} and id in (
        select 1 + (n::bigint * 7919) % ${known}::bigint from generate_series(${nth * half}::int + 1, ${(nth + 1) * half}::int) n)
      returning job_id, external_id, started_at
    ), counted as (
      insert into run_tally as t (source_id, span, bucket, state, runs)
      select ${sourceId}, 0, '-infinity', 'running', count(*) from reopened
      on conflict (span, bucket, source_id, state) do update set runs = t.runs + excluded.runs
    )
    select job.external_id as job, reopened.external_id as run, started_at as began
    from reopened join job on job.source_id = ${sourceId} and job.id = reopened.job_id`.execute(db);
  const now = Date.now();
  const changed = rows.map(({ job, run, began }) => sighting(job, run, began, now));
  const created = rows.map(({ job }, at) => sighting(job, `new__${nth}_${at}`, new Date(now - 60_000 - at), now));
  return [...changed, ...created];
}

function sighting(jobId: string, runId: string, began: Date, endedMs: number): ForeignRun {
  return {
    jobId,
    runId,
    formerly: null,
    state: "succeeded",
    native: { word: "success", rule: "run.success" },
    cause: { kind: "schedule", by: null, key: null },
    parameters: { day: "2026-01-02" },
    error: null,
    queuedAt: new Date(began.getTime() - 2_000),
    startedAt: began,
    endedAt: new Date(endedMs),
    url: `https://airflow.example/runs/${runId}`,
  };
}
