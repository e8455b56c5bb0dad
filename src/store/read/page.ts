/** Runs and jobs with what hangs on them, as one statement and back. */
import type { JobView, RunView } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { type Reading, reading, type Wanted, withChild } from "./fields.ts";
import { JOB_FIELDS, JOB_KEYS } from "./job-fields.ts";
import { RUN_FIELDS, RUN_KEYS } from "./run-fields.ts";
import { SOURCE_FIELDS, SOURCE_KEYS } from "./source-fields.ts";
import { ask, type Values } from "./statement.ts";

export interface WithSource {
  readonly withSource: boolean;
  readonly wanted?: Wanted;
}

export interface WithJob extends WithSource {
  readonly withJob: boolean;
}

/** `page` selects rows of `run`, in the order they are wanted. */
export async function askRuns(db: Db, page: string, values: Values, edges: WithJob): Promise<RunView[]> {
  const { text, view } = answerOf("run", edges, writeRuns);
  const rows = await ask<unknown[][]>(db, text(page), values);
  return rows.map(view);
}

/** `page` selects rows of `job`, in the order they are wanted. */
export async function askJobs(db: Db, page: string, values: Values, edges: WithSource): Promise<JobView[]> {
  const { text, view } = answerOf("job", { ...edges, withJob: true }, writeJobs);
  const rows = await ask<unknown[][]>(db, text(page), values);
  return rows.map(view);
}

interface Answer<View> {
  readonly text: (page: string) => string;
  readonly view: (row: readonly unknown[]) => View;
}

const ALL: Wanted = {};
const known = new WeakMap<Wanted, Map<string, Answer<unknown>>>();

/** The same for all who want the same, so it is written once. */
function answerOf<View>(of: "run" | "job", edges: WithJob, write: (edges: WithJob) => Reading<View>): Answer<View> {
  const { withJob, withSource, wanted = ALL } = edges;
  const answers = known.get(wanted) ?? new Map<string, Answer<unknown>>();
  known.set(wanted, answers);
  const key = `${of} ${withJob} ${withSource}`;
  const answer = (answers.get(key) as Answer<View> | undefined) ?? answerFrom(of, write(edges));
  answers.set(key, answer);
  return answer;
}

function answerFrom<View>(of: "run" | "job", { columns, view }: Reading<View>): Answer<View> {
  const select = `select coalesce(json_agg(json_build_array(${columns.join(", ")})), '[]')::text as answer from`;
  const joins = joinsFor(columns, of);
  return { text: (page) => `${select} (${page}) ${of} ${joins}`, view };
}

function writeRuns(edges: WithJob): Reading<RunView> {
  const run: Reading<RunView> = reading(RUN_FIELDS, { wanted: edges.wanted?.run, always: RUN_KEYS });
  return edges.withJob ? withChild(run, "job", writeJobs(edges, run.columns.length)) : run;
}

function writeJobs({ withSource, wanted = ALL }: WithSource, from = 0): Reading<JobView> {
  const job: Reading<JobView> = reading(JOB_FIELDS, { wanted: wanted.job, always: JOB_KEYS, from });
  if (!withSource) return job;
  const source = reading(SOURCE_FIELDS, {
    wanted: wanted.source,
    always: SOURCE_KEYS,
    from: from + job.columns.length,
  });
  return withChild(job, "source", source);
}

/**
 * A look-up a row: "offset 0" keeps the planner from turning fifty of them into one read of every job, and the rows stay
 * in the order of the page.
 */
function joinsFor(columns: readonly string[], of: "run" | "job"): string {
  const names = (table: string) => columns.some((column) => column.includes(`${table}.`));
  const joins: string[] = [];
  if (of === "run" && names("job")) {
    joins.push(
      "cross join lateral (select * from job where source_id = run.source_id and id = run.job_id offset 0) job",
    );
  }
  if (names("source"))
    joins.push(`cross join lateral (select * from source where id = ${of}.source_id offset 0) source`);
  if (names("sync")) {
    joins.push(`left join lateral (select * from source_sync where source_id = ${of}.source_id offset 0) sync on true`);
  }
  return joins.join("\n");
}
