/** The decisions a source waits for, as one complete list: write what is new or changed, end what it no longer holds. */
import { type RawBuilder, sql } from "kysely";
import type { ForeignGate } from "../../model/foreign.ts";
import { announceChanges } from "../changes.ts";
import type { Db } from "../db.ts";
import { aroundPoison } from "./around-poison.ts";
import { type Lease, underLease } from "./lease.ts";
import { quarantine, type Rejection } from "./quarantine.ts";
import { instant } from "./run-columns.ts";
import { storableGate } from "./storable.ts";

/** All pages of one listing, read to the end: a list that was cut or refused must never come here. */
export interface GateList {
  readonly items: readonly ForeignGate[];
  readonly readAt: Date;
  readonly rejected: readonly Rejection[];
}

export interface GatesApplied {
  /** New, changed, or waited for again. */
  written: number;
  ended: number;
  quarantined: number;
}

const ROWS_A_STATEMENT = 1_000;

export async function applyGates(db: Db, lease: Lease, list: GateList): Promise<GatesApplied> {
  const { gates, rejections } = sift(list);
  let written = 0;
  for (let from = 0; from < gates.length; from += ROWS_A_STATEMENT) {
    await aroundPoison(
      gates.slice(from, from + ROWS_A_STATEMENT),
      async (some) => {
        written += await writeNews(db, lease, some, list.readAt);
      },
      (gate, reason) => rejections.push({ kind: "gate", id: nameOf(gate), reason, sample: gate }),
    );
  }
  // A row that could not be read may be any of those that are missing.
  const ended = rejections.length === 0 ? await endAbsent(db, lease, gates, list.readAt) : 0;
  if (rejections.length > 0) await underLease(db, lease, (trx) => quarantine(trx, lease.sourceId, rejections));
  return { written, ended, quarantined: rejections.length };
}

function sift(list: GateList): { gates: ForeignGate[]; rejections: Rejection[] } {
  const rejections = [...list.rejected];
  const gates = new Map<string, ForeignGate>();
  for (const gate of list.items) {
    const { row, flaw } = storableGate(gate);
    if (row) gates.set(`${row.jobId}\0${row.runId}\0${row.gateId}`, row);
    else rejections.push({ kind: "gate", id: nameOf(gate), reason: flaw ?? "", sample: gate });
  }
  return { gates: [...gates.values()], rejections };
}

function nameOf({ jobId, runId, gateId }: ForeignGate): string {
  return `${jobId}/${runId}/${gateId}`;
}

async function writeNews(db: Db, lease: Lease, gates: readonly ForeignGate[], readAt: Date): Promise<number> {
  const { rows } = await sql<{ at: number }>`
    select seen.at::int
    from ${unnestGates(gates)} with ordinality as seen(${COLUMNS}, at)
    left join foreign_gate g on g.source_id = ${lease.sourceId} and g.job = seen.job and g.run = seen.run
      and g.external_id = seen.external_id
    where g.id is null or g.ended_at is not null
       or (g.title, g.body, to_jsonb(g.choices), to_jsonb(g.asked), g.since, g.url)
          is distinct from (seen.title, seen.body, seen.choices, seen.asked, seen.since, seen.url)`.execute(db);
  const news = rows.flatMap(({ at }) => gates[at - 1] ?? []);
  if (news.length > 0) await underLease(db, lease, (trx) => upsertGates(trx, lease.sourceId, news, readAt));
  return news.length;
}

async function upsertGates(trx: Db, sourceId: number, gates: readonly ForeignGate[], readAt: Date): Promise<void> {
  const { rows } = await sql<GateRun>`
    insert into foreign_gate as g (source_id, job, run, external_id, title, body, choices, asked, since, url, opened_at, observed_at)
    select ${sourceId}, job, run, external_id, title, body, array(select jsonb_array_elements_text(choices)),
           array(select jsonb_array_elements_text(asked)), since, url, coalesce(since, ${readAt}), ${readAt}
    from ${unnestGates(gates)} as seen(${COLUMNS})
    on conflict (source_id, job, run, external_id) do update
    set title = excluded.title, body = excluded.body, choices = excluded.choices, asked = excluded.asked,
        since = excluded.since, url = excluded.url, observed_at = excluded.observed_at, ended_at = null,
        -- Where the tool does not say since when, it stays where it was first seen, unless it had ended.
        opened_at = case when excluded.since is null and g.ended_at is null then g.opened_at else excluded.opened_at end
    returning g.job, g.run`.execute(trx);
  await announceRuns(trx, sourceId, rows);
}

async function endAbsent(db: Db, lease: Lease, gates: readonly ForeignGate[], readAt: Date): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select g.id from foreign_gate g
    where g.source_id = ${lease.sourceId} and g.ended_at is null and not exists (
      select from unnest(
        ${gates.map(({ jobId }) => jobId)}::text[], ${gates.map(({ runId }) => runId)}::text[],
        ${gates.map(({ gateId }) => gateId)}::text[]) as l(job, run, external_id)
      where (l.job, l.run, l.external_id) = (g.job, g.run, g.external_id))`.execute(db);
  if (rows.length === 0) return 0;
  return underLease(db, lease, async (trx) => {
    const ended = await sql<GateRun>`
      update foreign_gate set ended_at = ${readAt}, observed_at = ${readAt}
      where source_id = ${lease.sourceId} and id = any(${rows.map(({ id }) => id)}::bigint[]) and ended_at is null
      returning job, run`.execute(trx);
    await announceRuns(trx, lease.sourceId, ended.rows);
    return ended.rows.length;
  });
}

interface GateRun {
  readonly job: string;
  readonly run: string;
}

/** Whoever follows a run hears that somebody is asked for it, and that nobody is any more. */
async function announceRuns(trx: Db, sourceId: number, gates: readonly GateRun[]): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select distinct r.id
    from unnest(${gates.map(({ job }) => job)}::text[], ${gates.map(({ run }) => run)}::text[]) as g(job, run)
    join job j on j.source_id = ${sourceId} and j.external_id = g.job
    join run r on r.source_id = ${sourceId} and r.job_id = j.id and r.external_id = g.run`.execute(trx);
  if (rows.length > 0) await announceChanges(trx, [{ sourceId, runs: rows.map(({ id }) => id) }]);
}

/** Lists travel as jsonb: `unnest` would flatten an array of arrays. */
function unnestGates(gates: readonly ForeignGate[]): RawBuilder<unknown> {
  const column = <T>(value: (gate: ForeignGate) => T) => gates.map(value);
  return sql`unnest(
    ${column(({ jobId }) => jobId)}::text[],
    ${column(({ runId }) => runId)}::text[],
    ${column(({ gateId }) => gateId)}::text[],
    ${column(({ title }) => title)}::text[],
    ${column(({ text }) => text)}::text[],
    ${column(({ choices }) => JSON.stringify(choices))}::jsonb[],
    ${column(({ asked }) => JSON.stringify(asked))}::jsonb[],
    ${column(({ since }) => instant(since))}::timestamptz[],
    ${column(({ url }) => url)}::text[])`;
}

const COLUMNS = sql.raw("job, run, external_id, title, body, choices, asked, since, url");
