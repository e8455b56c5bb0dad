/** Runs: pages of them, single ones, and the latest of each job. */
import type { Keyset, RunFilter, RunOrder, RunView, Slice } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { askRuns, type WithJob } from "./page.ts";
import { keysOf, type RowKey, rowsAt } from "./row-key.ts";
import { keysWithText } from "./run-search.ts";
import { runsAt, runsOnWalk, walkOf } from "./run-walk.ts";
import { Values } from "./statement.ts";

export interface RunsQuestion extends WithJob {
  readonly filter?: RunFilter;
  readonly order?: RunOrder;
  readonly first: number;
  readonly after?: Keyset;
}

const ALONE: WithJob = { withJob: false, withSource: false };

/** More are never asked for at once. Known to the planner, which else takes a page for a tenth of the table. */
const MOST = 501;

/** A page of runs by the time they began (or were queued, or first seen). */
export async function listRuns(db: Db, question: RunsQuestion): Promise<Slice<RunView>> {
  const { first } = question;
  if (first >= MOST) throw new RangeError(`a page holds ${MOST - 1} runs at most, not ${first}`);
  const values = new Values();
  const items = await askRuns(db, writePage(question, values), values, question);
  return { items: items.slice(0, first), hasMore: items.length > first };
}

function writePage({ filter = {}, order = "started-desc", first, after }: RunsQuestion, values: Values): string {
  const walk = walkOf({ filter, order, after }, values);
  const limit = values.bind(first + 1, "bigint");
  if (filter.text) return runsAt(keysWithText(walk, { text: filter.text, limit, most: MOST }, values), walk.by);
  return `select * from (${runsOnWalk(walk, MOST)}) run limit ${limit}`;
}

/** Those that exist, in no particular order. */
export function runsByIds(db: Db, keys: readonly RowKey[]): Promise<RunView[]> {
  const values = new Values();
  return askRuns(db, rowsAt("run", keys, values), values, ALONE);
}

export async function runById(db: Db, { sourceId, id }: RowKey, edges: WithJob): Promise<RunView | null> {
  const values = new Values();
  const where = `run.source_id = ${values.bind(sourceId, "integer")} and run.id = ${values.bind(id, "bigint")}`;
  const [run] = await askRuns(db, `select * from run where ${where}`, values, edges);
  return run ?? null;
}

/** The latest run of each job that has one. */
export function lastRunsOf(db: Db, jobs: readonly RowKey[]): Promise<RunView[]> {
  const values = new Values();
  const page = `select run.* from ${keysOf(jobs, values)} cross join lateral (
    select * from run where run.source_id = k.source_id and run.job_id = k.id order by occurred_at desc, id desc limit 1) run`;
  return askRuns(db, page, values, ALONE);
}
