/**
 * Runs that their tool calls by another name now: an item of a queue has become a numbered build. It is the same run, so
 * its row goes on, with its id, its attempts and its history.
 *
 *   we hold             a sighting says: 12, formerly queue/5
 *   ─────────────────   ───────────────────────────────────────────────────────────────────
 *   queue/5             its row is called 12 from now on
 *   queue/5 and 12      one row too many: queue/5 takes what is newer of both, and 12 goes
 *   12, or neither      nothing but to remember it
 *
 * What is remembered keeps a late page that still tells of queue/5 from making a second run of it: see `findNews`.
 */
import { sql } from "kysely";
import type { ForeignRun } from "../../model/foreign.ts";
import { announceChanges } from "../changes.ts";
import type { Db } from "../db.ts";
import { type Lease, underLease } from "./lease.ts";
import { type Half, mergeRuns, planMerger } from "./merge-runs.ts";

interface Renamed {
  readonly jobId: string;
  readonly former: string;
  readonly name: string;
}

/** Asks nothing for a page without a renamed run, and writes nothing for a renaming that is settled. */
export async function renameRuns(db: Db, lease: Lease, runs: readonly ForeignRun[]): Promise<void> {
  const renamed = renamedIn(runs);
  if (renamed.length === 0) return;
  const news = await unsettled(db, lease.sourceId, renamed);
  if (news.length === 0) return;
  await underLease(db, lease, (trx) => settle(trx, lease.sourceId, news));
}

/** The same for one run, in a transaction that keeps every other writer of its source away already. */
export async function renameRun(trx: Db, sourceId: number, run: ForeignRun): Promise<void> {
  const renamed = renamedIn([run]);
  if (renamed.length > 0) await settle(trx, sourceId, await unsettled(trx, sourceId, renamed));
}

async function settle(trx: Db, sourceId: number, news: readonly Renamed[]): Promise<void> {
  if (news.length === 0) return;
  await remember(trx, sourceId, news);
  const ids = await continueRows(trx, sourceId, news);
  if (ids.length > 0) await announceChanges(trx, [{ sourceId, runs: ids }]);
}

/** Each name once on either side: what a confused tool says of two runs in one page, it may say again in the next. */
function renamedIn(runs: readonly ForeignRun[]): Renamed[] {
  const byFormer = new Map<string, Renamed>();
  for (const { jobId, runId, formerly } of runs) {
    if (formerly === null || formerly === runId) continue;
    byFormer.set(`${jobId}\0${formerly}`, { jobId, former: formerly, name: runId });
  }
  return [...new Map([...byFormer.values()].map((one) => [`${one.jobId}\0${one.name}`, one])).values()];
}

function unnestNames(renamed: readonly Renamed[]) {
  return sql`unnest(
    ${renamed.map(({ jobId }) => jobId)}::text[], ${renamed.map(({ former }) => former)}::text[],
    ${renamed.map(({ name }) => name)}::text[]) with ordinality as seen(job, former, name, at)`;
}

/** Renamings that are new to us, and those of which a row under the former name is left. */
async function unsettled(db: Db, sourceId: number, renamed: readonly Renamed[]): Promise<Renamed[]> {
  const { rows } = await sql<{ at: number }>`
    select seen.at::int
    from ${unnestNames(renamed)}
    left join run_name n on n.source_id = ${sourceId} and n.job = seen.job and n.former = seen.former
    left join job on job.source_id = ${sourceId} and job.external_id = seen.job
    left join run on run.source_id = ${sourceId} and run.job_id = job.id and run.external_id = seen.former
    where n.name is distinct from seen.name or run.id is not null`.execute(db);
  return rows.flatMap(({ at }) => renamed[at - 1] ?? []);
}

async function remember(trx: Db, sourceId: number, renamed: readonly Renamed[]): Promise<void> {
  await sql`
    insert into run_name as n (source_id, job, former, name)
    select ${sourceId}::int, job, former, name from ${unnestNames(renamed)}
    on conflict (source_id, job, former) do update set name = excluded.name, told_at = now()
    where n.name <> excluded.name`.execute(trx);
}

/** Answers with the ids of the rows that go on under another name. */
async function continueRows(trx: Db, sourceId: number, renamed: readonly Renamed[]): Promise<number[]> {
  const pairs = await pairsOf(trx, sourceId, renamed);
  if (pairs.length === 0) return [];
  await mergeRuns(
    trx,
    sourceId,
    pairs.flatMap(({ was, is }) => (is ? [planMerger(was, is)] : [])),
  );
  const { rows } = await sql<{ id: number }>`
    update run r set external_id = p.name
    from unnest(${pairs.map(({ was }) => was.id)}::bigint[], ${pairs.map(({ name }) => name)}::text[]) as p(id, name)
    where r.source_id = ${sourceId} and r.id = p.id and r.external_id <> p.name
    returning r.id`.execute(trx);
  return rows.map(({ id }) => id);
}

interface Pair {
  readonly name: string;
  /** The row under the former name. */
  readonly was: Half;
  /** The row under the present one. */
  readonly is: Half | null;
}

/** The lease keeps every other writer of the source away until the end of the transaction. */
async function pairsOf(trx: Db, sourceId: number, renamed: readonly Renamed[]): Promise<Pair[]> {
  const { rows } = await sql<Half & { readonly name: string; readonly former: boolean; readonly pair: number }>`
    select seen.at::int as pair, seen.name, r.external_id = seen.former as former, r.id, r.attempt, r.state,
           r.started_at as "startedAt", r.ended_at as "endedAt", r.occurred_at as "occurredAt", r.observed_at as "observedAt"
    from ${unnestNames(renamed)}
    join job on job.source_id = ${sourceId} and job.external_id = seen.job
    join run r on r.source_id = ${sourceId} and r.job_id = job.id and r.external_id in (seen.former, seen.name)`.execute(
    trx,
  );
  const present = new Map(rows.filter(({ former }) => !former).map((row) => [row.pair, row]));
  return rows.filter(({ former }) => former).map((was) => ({ name: was.name, was, is: present.get(was.pair) ?? null }));
}
