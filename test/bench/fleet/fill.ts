/**
 * A generated fleet of any size, made inside the database. It is skewed on purpose: a source with one job, a job with one
 * run, a state with three runs and words that hardly ever occur, because evenly spread data makes every plan look good.
 */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "../../../src/store/db.ts";

export interface FleetSize {
  readonly runs: number;
  readonly jobs: number;
  /** One more is added: `quiet`, with a single job. */
  readonly sources: number;
  /** When the newest run begins; everything is laid out backwards from it. Now, unless a test wants to know it. */
  readonly newest?: string;
}

const DAYS = 30;

/** For the store that fills: millions of rows take longer than a reader is ever made to wait. */
export const PATIENT = { statementMs: 3_600_000, queryMs: 3_600_000, lockMs: 60_000 };

export async function fillFleet(db: Db, size: FleetSize): Promise<void> {
  const newest = size.newest ? sql`${size.newest}::timestamptz` : sql`date_trunc('minute', now())`;
  await fillSources(db, size.sources);
  await fillJobs(db, size, newest);
  await withoutIndexes(db, "run", () => fillRuns(db, size, newest));
  await fillTallies(db);
  // Outside of a transaction, and once: the visibility map is part of what an index-only scan costs.
  for (const table of ["source", "source_sync", "job", "run", "run_tally"]) {
    await sql`vacuum analyze ${sql.table(table)}`.execute(db);
  }
}

async function fillSources(db: Db, sources: number): Promise<void> {
  await sql`
    insert into source (name, adapter, url, config, labels, hand_off, capabilities)
    select case when n = ${sources} + 1 then 'quiet' else 'airflow-' || n end, 'airflow', 'https://airflow-' || n || '.example',
      '{}', jsonb_build_object('zone', 'z' || n % 4, 'team', 't' || n % 7), 'keyed', '{start,find,cancel,pause}'
    from generate_series(1, ${sources} + 1) n`.execute(db);
  await sql`
    insert into source_sync (source_id, reachable, version, pace_ms, latency_ms, attempted_at, synced_at, probed_at, jobs)
    select id, true, '3.1.0', 10000, 12, now(), now(), now(), 100 from source`.execute(db);
}

async function fillJobs(db: Db, { jobs, sources }: FleetSize, newest: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into job (source_id, external_id, name, path, description, schedule, next_at, owner, tags, url, hand_off, observed_at)
    select case when n = ${jobs} then ${sources} + 1 else 1 + n % ${sources} end,
      w.verb || '_' || w.noun || '_' || n, w.verb || ' ' || w.noun || ' ' || n, array[w.noun], 'Keeps the ' || w.noun || ' current',
      '{"expression": "0 2 * * *", "dialect": "cronie", "timezone": "UTC", "text": "every day at 02:00"}',
      ${newest} + n % 1440 * interval '1 minute', 'team-' || n % 7, array['nightly', 't' || n % 5],
      'https://airflow.example/dags/' || n, 'keyed', now()
    from generate_series(1, ${jobs}) n,
      lateral (select (array['load','export','refresh','merge','check','build'])[1 + n % 6] as verb,
        (array['ledger','orders','customers','invoices','stock','prices','clicks','sessions'])[1 + n / 6 % 8] as noun) w
    order by n`.execute(db);
}

/** Run n of N lies at its share of the days; the last ones are open, and the very first job and last job are special. */
async function fillRuns(db: Db, { runs, jobs }: FleetSize, newest: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into run (source_id, job_id, external_id, state, native_state, state_rule, cause_kind, parameters, error_kind, error_message,
      queued_at, started_at, ended_at, url, occurred_at, observed_at)
    select job.source_id, job.id, 'scheduled__' || to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '+' || n, s.state, s.state,
      'run.' || s.state, case when n % 50 = 0 then 'manual' else 'schedule' end, '{"day": "2026-01-01"}',
      case when s.state = 'failed' then 'failed' end,
      case when s.state = 'failed' then 'Task ' || (array['extract','transform','load'])[1 + n % 3] || ' failed: ' ||
        case when n % 7000 = 5 then 'the quicksilver ran out'
          else (array['connection reset by peer','deadline exceeded','out of memory','permission denied'])[1 + n / 3 % 4] end
        || ' after ' || n % 977 || ' s' end,
      t.at - interval '2 seconds', case when s.state <> 'queued' then t.at end,
      case when s.state in ('succeeded', 'failed', 'cancelled', 'skipped') then t.at +
        case when n % 5003 = 0 then interval '3 days' when n % 7001 = 0 then interval '-1 hour' else (n % 600 + 1) * interval '1 second' end end,
      'https://airflow.example/runs/' || n, t.at, least(t.at + interval '10 minutes', date_trunc('milliseconds', now()))
    from generate_series(1, ${runs}::int) n
    cross join lateral (select ${newest} - (${runs}::int - n) * (interval '${sql.raw(String(DAYS))} days' / ${runs}::int) as at) t
    cross join lateral (select case
        when n in (7, 77, 777) then 'waiting'
        when n > ${runs}::int - 200 then case when n % 4 = 0 then 'queued' else 'running' end
        when n % 33 = 5 then 'failed' when n % 97 = 0 then 'skipped' when n % 101 = 0 then 'cancelled'
        else 'succeeded' end as state) s
    -- The last job runs once, at the very beginning; the first one has a tenth of everything.
    cross join (select min(id) as first, max(id) as last from job) j
    join job on job.id = case when n = 1 then j.last when n % 10 = 0 then j.first
      else j.first + (n::bigint * 7919) % (${jobs}::int - 1) end
    order by n`.execute(db);
}

/** What the sync keeps as the data arrives, counted here once. */
async function fillTallies(db: Db): Promise<void> {
  await sql`
    insert into run_tally (source_id, span, bucket, state, runs)
    select source_id, span, case when span = 0 then '-infinity' else date_bin(span * interval '1 minute', coalesce(ended_at, occurred_at), 'epoch') end,
      state, count(*)
    from run join (values (0), (1), (60)) s(span) on (span = 0) = (state in ('queued', 'running', 'waiting', 'unknown'))
    where span <> 1 or ended_at > now() - interval '49 hours'
    group by 1, 2, 3, 4`.execute(db);
}

/** Builds the plain indexes after the rows, which is many times faster, and leaves out the check of foreign keys. */
async function withoutIndexes(db: Db, table: string, load: () => Promise<void>): Promise<void> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = ${table} and indexname not in (select conname from pg_constraint)`.execute(db);
  for (const { name } of rows) await sql`drop index ${sql.ref(name)}`.execute(db);
  await sql`alter table ${sql.table(table)} disable trigger all`.execute(db);
  await load();
  await sql`alter table ${sql.table(table)} enable trigger all`.execute(db);
  for (const { definition } of rows) await sql.raw(definition).execute(db);
}
