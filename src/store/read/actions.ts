/** Actions: pages of them, those of single runs, and the calls that each of them made. */
import { parseReference } from "../../model/reference.ts";
import type { ActionFilter, ActionView, CallView, Keyset, Slice } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { column, type Fields, moment, reading } from "./fields.ts";
import { toExactIso, toIso, utc } from "./moment.ts";
import { keysOf, type RowKey } from "./row-key.ts";
import { ask, every, rowsOf, Values } from "./statement.ts";

const FIELDS: Fields<ActionView> = {
  id: column("i.id"),
  sourceId: column("i.source_id"),
  jobId: column("i.job_id"),
  kind: column("i.kind"),
  state: column("i.state"),
  key: column("i.key"),
  runId: column("i.run_id"),
  externalRun: column("i.external_run"),
  targetId: column("i.target"),
  parameters: column("i.parameters"),
  principal: column("i.principal"),
  note: column("i.note"),
  handOff: column("i.hand_off"),
  foundBy: column("i.found_by"),
  merged: column("i.merged"),
  warning: column("i.warning"),
  fault: column("i.fault"),
  error: column("i.error"),
  sends: column("i.sends"),
  // To the microsecond, for it is where the next page begins.
  createdAt: { columns: [utc("i.created_at")], read: (row, at) => toExactIso(row[at] as string) },
  sentAt: moment("i.sent_at"),
  settledAt: moment("i.settled_at"),
  nextAt: moment("i.next_at"),
};

const ACTION = reading<ActionView>(FIELDS);

export interface ActionsQuestion {
  readonly filter?: ActionFilter;
  readonly first: number;
  readonly after?: Keyset;
}

/** A page of actions, the latest first. */
export async function listActions(db: Db, { filter = {}, first, after }: ActionsQuestion): Promise<Slice<ActionView>> {
  const values = new Values();
  const conditions = conditionsOf(filter, values);
  if (after) {
    const key = `(${values.bind(after.at, "timestamptz")}, ${values.bind(after.id, "bigint")})`;
    conditions.push(`(i.created_at, i.id) < ${key}`);
  }
  const page = `(select i.* from intent i where ${every(conditions)}
    order by i.created_at desc, i.id desc limit ${values.bind(first + 1, "bigint")}) i`;
  const items = await askActions(db, page, values);
  return { items: items.slice(0, first), hasMore: items.length > first };
}

function conditionsOf({ source, job, kind, state }: ActionFilter, values: Values): string[] {
  const conditions: string[] = [];
  if (source) {
    conditions.push(`i.source_id in (select id from source where name = any(${values.bind(source, "text[]")}))`);
  }
  if (job) {
    const references = job.map((reference) => parseReference(reference));
    const sources = values.bind(
      references.map((one) => one.source),
      "text[]",
    );
    const ids = values.bind(
      references.map((one) => one.jobId),
      "text[]",
    );
    conditions.push(`(i.source_id, i.job_id) in (select j.source_id, j.id from unnest(${sources}, ${ids}) as named(source, job)
      join source s on s.name = named.source join job j on j.source_id = s.id and j.external_id = named.job)`);
  }
  if (kind) conditions.push(`i.kind = any(${values.bind(kind, "text[]")})`);
  if (state) conditions.push(`i.state = any(${values.bind(state, "text[]")})`);
  return conditions;
}

/** Those that exist, in no particular order. */
export function actionsByIds(db: Db, keys: readonly RowKey[]): Promise<ActionView[]> {
  const values = new Values();
  const page = `(select i.* from ${keysOf(keys, values)}
    cross join lateral (select * from intent where source_id = k.source_id and id = k.id offset 0) i) i`;
  return askActions(db, page, values);
}

const MOST_OF_A_RUN = 50;

/** What was asked about each of these runs, or became them. */
export function actionsOfRuns(db: Db, runs: readonly RowKey[]): Promise<ActionView[]> {
  const values = new Values();
  const page = `(select i.* from ${keysOf(runs, values)} cross join lateral (
    select * from intent where source_id = k.source_id and run_id = k.id
    union select * from intent where source_id = k.source_id and target = k.id
    order by created_at desc, id desc limit ${MOST_OF_A_RUN}) i) i`;
  return askActions(db, page, values);
}

async function askActions(db: Db, page: string, values: Values): Promise<ActionView[]> {
  const text = `select ${rowsOf(ACTION.columns, page, "i.created_at desc, i.id desc")}::text as answer`;
  return (await ask<unknown[][]>(db, text, values)).map(ACTION.view);
}

const CALL_COLUMNS = ["c.source_id", "c.intent_id", utc("c.at"), "c.call", "c.outcome", "c.detail", "c.took_ms"];

type CallRow = [number, number, string, CallView["call"], CallView["outcome"], string | null, number | null];

export interface CallOfAction extends CallView {
  readonly sourceId: number;
  readonly actionId: number;
}

/** A doubt that is looked after for days makes many lines; the latest tell the most. */
const MOST_CALLS = 200;

/** Of all these actions, each one's first call first. */
export async function callsOf(db: Db, actions: readonly RowKey[]): Promise<CallOfAction[]> {
  const values = new Values();
  const from = `(select c.* from ${keysOf(actions, values)} cross join lateral (
    select * from intent_call where source_id = k.source_id and intent_id = k.id order by id desc limit ${MOST_CALLS}) c) c`;
  const text = `select ${rowsOf(CALL_COLUMNS, from, "c.source_id, c.intent_id, c.id")}::text as answer`;
  const rows = await ask<CallRow[]>(db, text, values);
  return rows.map(([sourceId, actionId, at, call, outcome, detail, tookMs]) => ({
    sourceId,
    actionId,
    at: toIso(at),
    call,
    outcome,
    detail,
    tookMs,
  }));
}
