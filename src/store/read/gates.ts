/** Decisions that tools wait for: pages of them, single ones, and those of runs. */
import { parseReference } from "../../model/reference.ts";
import type { GateFilter, GateView, Keyset, Slice } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { column, type Fields, moment, reading } from "./fields.ts";
import { toExactIso, utc } from "./moment.ts";
import { keysOf, type RowKey } from "./row-key.ts";
import { sourceConditions } from "./source-filter.ts";
import { ask, every, rowsOf, Values } from "./statement.ts";

export interface GatesQuestion {
  readonly filter?: GateFilter;
  readonly first: number;
  readonly after?: Keyset;
}

/** Known to the planner, which else takes a page for a tenth of the table: see `listRuns`. */
const MOST = 501;
/** A run that asks more often than that is read in its tool. */
const MOST_OF_A_RUN = 50;

const GATE_FIELDS: Fields<GateView> = {
  id: column("gate.id"),
  sourceId: column("gate.source_id"),
  job: column("gate.job"),
  run: column("gate.run"),
  externalId: column("gate.external_id"),
  jobId: column("job.id"),
  runId: column("run.id"),
  title: column("gate.title"),
  text: column("gate.body"),
  choices: column("gate.choices"),
  asked: column("gate.asked"),
  since: moment("gate.since"),
  url: column("gate.url"),
  // To the microsecond, for it is where the next page begins.
  openedAt: { columns: [utc("gate.opened_at")], read: (row, at) => toExactIso(row[at] as string) },
  endedAt: moment("gate.ended_at"),
};

const whole = reading(GATE_FIELDS);

/** A page of gates, those that opened last first. */
export async function listGates(db: Db, { filter = {}, first, after }: GatesQuestion): Promise<Slice<GateView>> {
  const values = new Values();
  const conditions = gateConditions(filter, values);
  if (after) {
    const key = `(${values.bind(after.at, "timestamptz")}, ${values.bind(after.id, "bigint")})`;
    conditions.push(`(gate.opened_at, gate.id) < ${key}`);
  }
  const page = `select * from (select gate.* from foreign_gate gate where ${every(conditions)}
    order by gate.opened_at desc, gate.id desc limit ${MOST}) gate limit ${values.bind(first + 1, "bigint")}`;
  const items = await askGates(db, page, values);
  return { items: items.slice(0, first), hasMore: items.length > first };
}

/** Those that exist, in no particular order. */
export function gatesByIds(db: Db, keys: readonly RowKey[]): Promise<GateView[]> {
  const values = new Values();
  const page = `select g.* from ${keysOf(keys, values)}
    cross join lateral (select * from foreign_gate where source_id = k.source_id and id = k.id offset 0) g`;
  return askGates(db, page, values);
}

/** Of all these runs, those that wait and those that have ended. */
export function gatesOf(db: Db, runs: readonly RowKey[]): Promise<GateView[]> {
  const values = new Values();
  const page = `select g.* from ${keysOf(runs, values)}
    cross join lateral (select external_id, job_id from run where source_id = k.source_id and id = k.id offset 0) r
    cross join lateral (select external_id from job where source_id = k.source_id and id = r.job_id offset 0) j
    cross join lateral (select * from foreign_gate
      where source_id = k.source_id and job = j.external_id and run = r.external_id
      order by opened_at desc, id desc limit ${MOST_OF_A_RUN}) g`;
  return askGates(db, page, values);
}

/** How many wait for somebody, in sources that are read. */
export function countWaitingGates(db: Db): Promise<number> {
  const text = `select count(*)::text as answer from foreign_gate gate where ${every(waits(true))}`;
  return ask<number>(db, text, new Values());
}

function gateConditions({ waiting = true, source, label, job, asked }: GateFilter, values: Values): string[] {
  const conditions = waits(waiting);
  const ofSource = sourceConditions({ ...(source && { source }), ...(label && { label }) }, values);
  if (ofSource.length > 0) {
    conditions.push(`gate.source_id in (select source.id from source where ${every(ofSource)})`);
  }
  if (job) {
    const references = job.map(parseReference);
    const sources = values.bind(
      references.map((reference) => reference.source),
      "text[]",
    );
    const jobs = values.bind(
      references.map(({ jobId }) => jobId),
      "text[]",
    );
    conditions.push(`(gate.source_id, gate.job) in (select source.id, named.job
      from unnest(${sources}, ${jobs}) as named(source, job) join source on source.name = named.source)`);
  }
  if (asked) conditions.push(`gate.asked && ${values.bind(asked, "text[]")}`);
  return conditions;
}

/** Of a source that was removed nobody will hear that its gates have ended. */
function waits(waiting: boolean): string[] {
  if (!waiting) return ["gate.ended_at is not null"];
  return ["gate.ended_at is null", "gate.source_id in (select id from source where removed_at is null)"];
}

/** `page` selects rows of `foreign_gate`. Job and run are found by their names, a look-up a row. */
async function askGates(db: Db, page: string, values: Values): Promise<GateView[]> {
  const from = `(${page}) gate
    left join lateral (select id from job where source_id = gate.source_id and external_id = gate.job offset 0) job on true
    left join lateral (select id from run where source_id = gate.source_id and job_id = job.id and external_id = gate.run
      offset 0) run on true`;
  const text = `select ${rowsOf(whole.columns, from, "gate.opened_at desc, gate.id desc")}::text as answer`;
  const rows = await ask<unknown[][]>(db, text, values);
  return rows.map(whole.view);
}
