/** Which of these sightings say something new, and what we hold of those runs. Reads only. */
import { type RawBuilder, sql } from "kysely";
import type { ForeignRun } from "../../model/foreign.ts";
import type { RunState } from "../../model/run-state.ts";
import type { Db } from "../db.ts";
import type { News } from "./plan-runs.ts";
import { RUN_COLUMNS, runArrays } from "./run-columns.ts";

interface NewsRow {
  readonly at: number;
  readonly job_id: number | null;
  readonly id: number | null;
  readonly attempt: number;
  readonly state: RunState;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly occurred_at: Date;
  readonly observed_at: Date;
}

/**
 * Unchanged runs fall out of this join, before any write: `on conflict do update … where` would lock each of their
 * rows, and a lock is a write. What it says comes in the order of the page.
 */
export async function findNews(
  db: Db,
  sourceId: number,
  runs: readonly ForeignRun[],
  arrays: RawBuilder<unknown> = runArrays(runs),
): Promise<News[]> {
  const { rows } = await sql<NewsRow>`
    select seen.at::int, job.id as job_id, run.id, run.attempt, run.state,
           run.started_at, run.ended_at, run.occurred_at, run.observed_at
    from unnest(${arrays}) with ordinality as seen(${RUN_COLUMNS}, at)
    left join job on job.source_id = ${sourceId} and job.external_id = seen.job
    left join run on run.source_id = ${sourceId} and run.job_id = job.id and run.external_id = seen.run
    where run.id is null
       or run.gone_at_source is not null
       or (run.state, run.native_state, run.state_rule, run.cause_kind, run.cause_by, run.cause_key, run.parameters,
           run.error_kind, run.error_message, run.queued_at, run.started_at, run.ended_at, run.url)
          is distinct from
          (seen.state, seen.native_state, seen.state_rule, seen.cause_kind, seen.cause_by, seen.cause_key, seen.parameters,
           seen.error_kind, seen.error_message, seen.queued_at, seen.started_at, seen.ended_at, seen.url)`.execute(db);
  return inOrder(rows).flatMap((row) => {
    const run = runs[row.at - 1];
    return run ? [{ run, jobId: row.job_id, held: toHeldRun(row) }] : [];
  });
}

/** A join answers in any order it likes. */
function inOrder(rows: readonly NewsRow[]): NewsRow[] {
  return [...rows].sort((one, other) => one.at - other.at);
}

function toHeldRun(row: NewsRow): News["held"] {
  if (row.id === null) return null;
  return {
    id: row.id,
    attempt: row.attempt,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    occurredAt: row.occurred_at,
    observedAt: row.observed_at,
  };
}
