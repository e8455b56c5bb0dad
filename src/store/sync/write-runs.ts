/** Writes a plan: runs, the attempts they leave behind, the jobs nobody has listed yet, and the counts, in one statement. */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db.ts";
import type { RunPlan, RunWrite } from "./plan-runs.ts";
import { arrayLiteral, instant, RUN_COLUMNS, runArrays } from "./run-columns.ts";

/** Somebody else wrote one of these runs between our look and our write: look again. */
export class Outrun extends Error {
  constructor() {
    super("a run was written by another between look and write");
    this.name = "Outrun";
  }
}

/** A plan in the words of the database, ready to be sent: made while the page before it is being written. */
export interface RunStatement {
  readonly text: RawBuilder<{ id: number }>;
  readonly writes: number;
}

/** Answers with the ids of the runs written. Run it under the lease: an `Outrun` must roll everything back. */
export async function writeRuns(trx: Db, { text, writes }: RunStatement): Promise<number[]> {
  const { rows } = await text.execute(trx);
  if (rows.length !== writes) throw new Outrun();
  return rows.map((row) => row.id);
}

export function toStatement(
  sourceId: number,
  { writes, moves }: RunPlan,
  readAt: Date,
  arrays: RawBuilder<unknown> = runArrays(writes.map((write) => write.run)),
): RunStatement {
  const column = (value: (write: RunWrite) => string | number | null) => arrayLiteral(writes.map(value));
  const text = sql<{ id: number }>`
    with page as materialized (
      select * from unnest(
        ${arrays},
        ${column((write) => write.held?.id ?? null)}::bigint[],
        ${column((write) => write.held?.attempt ?? null)}::int[],
        ${column((write) => instant(write.held?.observedAt ?? null))}::timestamptz[],
        ${column((write) => write.jobId)}::bigint[],
        ${column((write) => write.attempt)}::int[],
        ${column((write) => instant(write.occurredAt))}::timestamptz[]
      ) as seen(${RUN_COLUMNS}, id, was_attempt, was_observed_at, job_id, becomes, occurred_at)
      -- Says how many there are: the planner guessed five times as many, and read every run of the source to update these.
      limit ${writes.length}
    ), sketch as (
      insert into job (source_id, external_id, name, hand_off, sketched, observed_at)
      select ${sourceId}, p.job, p.job, s.hand_off, true, ${readAt}
      from (select distinct job from page where job_id is null) p, source s where s.id = ${sourceId}
      on conflict (source_id, external_id) do nothing
      returning id, external_id
    ), archived as (
      insert into run_attempt (source_id, run_id, attempt, state, native_state, state_rule, error_kind, error_message,
                               queued_at, started_at, ended_at, observed_at)
      select r.source_id, r.id, r.attempt, r.state, r.native_state, r.state_rule, r.error_kind, r.error_message,
             r.queued_at, r.started_at, r.ended_at, r.observed_at
      from page p join run r on r.source_id = ${sourceId} and r.id = p.id and r.attempt = p.was_attempt
      where p.becomes > p.was_attempt
      on conflict (source_id, run_id, attempt) do nothing
    ), created as (
      insert into run (source_id, job_id, external_id, state, native_state, state_rule, cause_kind, cause_by, cause_key,
                       parameters, error_kind, error_message, queued_at, started_at, ended_at, url, occurred_at, observed_at)
      select ${sourceId}, coalesce(p.job_id, sketch.id), p.run, p.state, p.native_state, p.state_rule, p.cause_kind, p.cause_by,
             p.cause_key, p.parameters, p.error_kind, p.error_message, p.queued_at, p.started_at, p.ended_at, p.url,
             p.occurred_at, ${readAt}
      from page p left join sketch on p.job_id is null and sketch.external_id = p.job
      where p.id is null and (p.job_id is not null or sketch.id is not null)
      on conflict (source_id, job_id, external_id) do nothing
      returning id
    ), updated as (
      update run r
      set attempt = p.becomes, state = p.state, native_state = p.native_state, state_rule = p.state_rule,
          cause_kind = p.cause_kind, cause_by = p.cause_by, cause_key = p.cause_key, parameters = p.parameters,
          error_kind = p.error_kind, error_message = p.error_message, queued_at = p.queued_at, started_at = p.started_at,
          ended_at = p.ended_at, url = p.url, occurred_at = p.occurred_at, observed_at = ${readAt}, gone_at_source = null
      from page p
      where p.id is not null and r.source_id = ${sourceId} and r.id = p.id and r.attempt = p.was_attempt and r.observed_at = p.was_observed_at
      returning r.id
    ), move as materialized (
      select * from unnest(
        ${moves.map((move) => move.span)}::smallint[], ${moves.map((move) => move.bucket)}::timestamptz[],
        ${moves.map((move) => move.state)}::text[], ${moves.map((move) => move.delta)}::bigint[]
      ) as m(span, bucket, state, delta)
    ), fewer as (
      -- Apart from the additions, and by its absolute value: a negative count would fail the table's check before it met
      -- the row it lessens. That row is always there. An upsert finds it by its key whatever the planner believes, which
      -- an update did not: by stale statistics it read the whole table for each move.
      insert into run_tally as t (source_id, span, bucket, state, runs)
      select ${sourceId}, m.span, m.bucket, m.state, -m.delta from move m where m.delta < 0
      on conflict (span, bucket, source_id, state) do update set runs = t.runs - excluded.runs
    ), more as (
      insert into run_tally as t (source_id, span, bucket, state, runs)
      select ${sourceId}, m.span, m.bucket, m.state, m.delta from move m where m.delta > 0
      on conflict (span, bucket, source_id, state) do update set runs = t.runs + excluded.runs
    )
    select id from created union all select id from updated`;
  return { text, writes: writes.length };
}
