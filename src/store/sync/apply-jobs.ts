/** A complete list of a source's jobs into the mirror: write what is new or changed, count what is missing. */
import { type RawBuilder, sql } from "kysely";
import type { ForeignJob } from "../../model/foreign.ts";
import { listsUntilGone } from "../../model/job-absence.ts";
import type { Db } from "../db.ts";
import { aroundPoison } from "./around-poison.ts";
import { type Lease, underLease } from "./lease.ts";
import { quarantine, type Rejection } from "./quarantine.ts";
import { instant } from "./run-columns.ts";
import { storableJob } from "./storable.ts";

/** All pages of one listing, read to the end: a list that was cut or refused must never come here. */
export interface JobList {
  readonly items: readonly ForeignJob[];
  readonly readAt: Date;
  readonly rejected?: readonly Rejection[];
}

export interface JobsApplied {
  /** New, changed, or back again. */
  written: number;
  gone: number;
  /** Missing from this list, and not yet called gone. */
  missing: number;
  quarantined: number;
  /** Known to exist now. */
  known: number;
}

const ROWS_A_STATEMENT = 1_000;

export async function applyJobs(db: Db, lease: Lease, list: JobList): Promise<JobsApplied> {
  const { jobs, rejections } = sift(list);
  let written = 0;
  for (let from = 0; from < jobs.length; from += ROWS_A_STATEMENT) {
    await aroundPoison(
      jobs.slice(from, from + ROWS_A_STATEMENT),
      async (some) => {
        written += await writeNewJobs(db, lease, some, list.readAt);
      },
      (job, reason) => rejections.push({ kind: "job", id: job.id, reason, sample: job }),
    );
  }
  // A job that is listed and cannot be stored is there all the same.
  const listed = [...jobs.map((job) => job.id), ...rejections.flatMap((row) => nameable(row.id))];
  const absent = await markAbsent(db, lease, listed, list.readAt, unnamed(rejections));
  if (rejections.length > 0) await underLease(db, lease, (trx) => quarantine(trx, lease.sourceId, rejections));
  return { written, ...absent, quarantined: rejections.length };
}

function sift(list: JobList): { jobs: ForeignJob[]; rejections: Rejection[] } {
  const rejections = [...(list.rejected ?? [])];
  const jobs = new Map<string, ForeignJob>();
  for (const job of list.items) {
    const { row, flaw } = storableJob(job);
    if (row) jobs.set(row.id, row);
    else rejections.push({ kind: "job", id: job.id, reason: flaw ?? "", sample: job });
  }
  return { jobs: [...jobs.values()], rejections };
}

/** PostgreSQL refuses NUL even in a comparison. */
function nameable(id: string | null): string[] {
  return id === null || id.includes("\0") ? [] : [id];
}

function unnamed(rejections: readonly Rejection[]): boolean {
  return rejections.some((row) => row.id === null);
}

async function writeNewJobs(db: Db, lease: Lease, jobs: readonly ForeignJob[], readAt: Date): Promise<number> {
  const news = await findNewJobs(db, lease.sourceId, jobs);
  if (news.length === 0) return 0;
  await underLease(db, lease, (trx) => upsertJobs(trx, lease.sourceId, news, readAt));
  return news.length;
}

async function findNewJobs(db: Db, sourceId: number, jobs: readonly ForeignJob[]): Promise<ForeignJob[]> {
  const { rows } = await sql<{ at: number }>`
    select seen.at::int
    from ${unnestJobs(jobs)} with ordinality as seen(${JOB_COLUMNS}, at)
    left join job j on j.source_id = ${sourceId} and j.external_id = seen.external_id
    where j.id is null or j.sketched or j.missed_lists > 0 or j.gone_at is not null
       or (j.name, to_jsonb(j.path), j.description, j.schedule, j.next_at, j.paused, j.owner, to_jsonb(j.tags), j.url,
           to_jsonb(j.capabilities), j.hand_off, j.problem)
          is distinct from
          (seen.name, seen.path, seen.description, seen.schedule, seen.next_at, seen.paused, seen.owner, seen.tags, seen.url,
           seen.capabilities, seen.hand_off, seen.problem)`.execute(db);
  return rows.flatMap((row) => jobs[row.at - 1] ?? []);
}

async function upsertJobs(trx: Db, sourceId: number, jobs: readonly ForeignJob[], readAt: Date): Promise<void> {
  await sql`
    insert into job (source_id, external_id, name, path, description, schedule, next_at, paused, owner, tags, url,
                     capabilities, hand_off, problem, observed_at)
    select ${sourceId}, external_id, name, array(select jsonb_array_elements_text(path)), description, schedule, next_at, paused,
           owner, array(select jsonb_array_elements_text(tags)), url,
           case when capabilities is not null then array(select jsonb_array_elements_text(capabilities)) end,
           hand_off, problem, ${readAt}
    from ${unnestJobs(jobs)} as seen(${JOB_COLUMNS})
    on conflict (source_id, external_id) do update
    set name = excluded.name, path = excluded.path, description = excluded.description, schedule = excluded.schedule,
        next_at = excluded.next_at, paused = excluded.paused, owner = excluded.owner, tags = excluded.tags, url = excluded.url,
        capabilities = excluded.capabilities, hand_off = excluded.hand_off, problem = excluded.problem,
        observed_at = excluded.observed_at, sketched = false, missed_lists = 0, gone_at = null`.execute(trx);
}

/** Lists travel as jsonb: `unnest` would flatten an array of arrays. */
function unnestJobs(jobs: readonly ForeignJob[]): RawBuilder<unknown> {
  const column = <T>(value: (job: ForeignJob) => T) => jobs.map(value);
  return sql`unnest(
    ${column((job) => job.id)}::text[],
    ${column((job) => job.name)}::text[],
    ${column((job) => JSON.stringify(job.path))}::jsonb[],
    ${column((job) => job.description)}::text[],
    ${column(scheduleOf)}::jsonb[],
    ${column((job) => instant(job.schedule?.nextAt ?? null))}::timestamptz[],
    ${column((job) => job.paused)}::boolean[],
    ${column((job) => job.owner)}::text[],
    ${column((job) => JSON.stringify(job.tags))}::jsonb[],
    ${column((job) => job.url)}::text[],
    ${column((job) => job.capabilities && JSON.stringify(job.capabilities))}::jsonb[],
    ${column((job) => job.handOff)}::text[],
    ${column((job) => job.problem)}::text[])`;
}

const JOB_COLUMNS = sql.raw(
  "external_id, name, path, description, schedule, next_at, paused, owner, tags, url, capabilities, hand_off, problem",
);

/** Without the next time, which has a column of its own and moves while the schedule stays. */
function scheduleOf({ schedule }: ForeignJob): string | null {
  if (!schedule) return null;
  const { expression, dialect, timezone, text } = schedule;
  return JSON.stringify({ expression, dialect, timezone, text });
}

type Absence = Pick<JobsApplied, "gone" | "missing" | "known">;

/** Counts this list against the jobs it does not hold. Nothing is written when it holds all that we know. */
async function markAbsent(
  db: Db,
  lease: Lease,
  listed: readonly string[],
  readAt: Date,
  inDoubt: boolean,
): Promise<Absence> {
  const { rows } = await sql<{ known: number; missing: number[] | null }>`
    select count(*) as known, array_agg(j.id) filter (where l.id is null) as missing
    from job j left join unnest(${listed}::text[]) as l(id) on l.id = j.external_id
    where j.source_id = ${lease.sourceId} and j.gone_at is null`.execute(db);
  const known = rows[0]?.known ?? 0;
  const missing = rows[0]?.missing ?? [];
  // A row without a name may be any of the missing jobs.
  if (missing.length === 0 || inDoubt) return { gone: 0, missing: missing.length, known };
  const gone = await underLease(db, lease, (trx) => countMissed(trx, lease.sourceId, known, missing, readAt));
  return { gone, missing: missing.length - gone, known: known - gone };
}

async function countMissed(
  trx: Db,
  sourceId: number,
  known: number,
  missing: readonly number[],
  readAt: Date,
): Promise<number> {
  const needed = listsUntilGone(known, missing.length);
  const { rows } = await sql<{ gone: boolean }>`
    update job set missed_lists = missed_lists + 1, gone_at = case when missed_lists + 1 >= ${needed}::int then ${readAt}::timestamptz end
    where source_id = ${sourceId} and id = any(${missing}::bigint[]) and gone_at is null
    returning gone_at is not null as gone`.execute(trx);
  return rows.filter((row) => row.gone).length;
}
