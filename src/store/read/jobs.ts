/** Jobs: pages of them, and single ones. */
import type { JobReference } from "../../model/reference.ts";
import type { JobFilter, JobOrder, JobView, Keyset, Slice } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { jobConditions } from "./job-filter.ts";
import { askJobs, type WithSource } from "./page.ts";
import { type RowKey, rowsAt } from "./row-key.ts";
import { every, Values } from "./statement.ts";

export interface JobsQuestion extends WithSource {
  readonly filter?: JobFilter;
  readonly order?: JobOrder;
  readonly first: number;
  readonly after?: Keyset;
}

interface Ordering {
  readonly column: string;
  readonly type: string;
  readonly direction: "asc" | "desc";
}

const ORDERINGS: Readonly<Record<JobOrder, Ordering>> = {
  "name-asc": { column: "job.name", type: "text", direction: "asc" },
  "name-desc": { column: "job.name", type: "text", direction: "desc" },
  "next-asc": { column: "job.next_at", type: "timestamptz", direction: "asc" },
};

/** Known to the planner, which else takes a page for a tenth of the table: see `listRuns`. */
const MOST = 5_001;

/** A page of jobs. By `next-asc` it holds only those that have a next time. */
export async function listJobs(
  db: Db,
  { filter = {}, order = "name-asc", first, after, withSource }: JobsQuestion,
): Promise<Slice<JobView>> {
  const values = new Values();
  const { column, type, direction } = ORDERINGS[order];
  const conditions = jobConditions(filter, values);
  if (order === "next-asc") conditions.push("job.next_at is not null");
  if (after) {
    const key = `(${values.bind(after.at, type)}, ${values.bind(after.id, "bigint")})`;
    conditions.push(`(${column}, job.id) ${direction === "asc" ? ">" : "<"} ${key}`);
  }
  const page = `select * from (select job.* from job where ${every(conditions)}
    order by ${column} ${direction}, job.id ${direction} limit ${MOST}) job limit ${values.bind(first + 1, "bigint")}`;
  const items = await askJobs(db, page, values, { withSource });
  return { items: items.slice(0, first), hasMore: items.length > first };
}

/** Where the page after this job begins. */
export function jobKeyset(job: JobView, order: JobOrder): Keyset {
  return { at: order === "next-asc" ? (job.schedule?.nextAt ?? "infinity") : job.name, id: job.id };
}

/** Those that exist, in no particular order. */
export function jobsByIds(
  db: Db,
  keys: readonly RowKey[],
  edges: WithSource = { withSource: false },
): Promise<JobView[]> {
  const values = new Values();
  return askJobs(db, rowsAt("job", keys, values), values, edges);
}

export async function jobByReference(
  db: Db,
  { source, jobId }: JobReference,
  edges: WithSource = { withSource: false },
): Promise<JobView | null> {
  const values = new Values();
  const page = `select job.* from job join source on source.id = job.source_id
    where source.name = ${values.bind(source, "text")} and job.external_id = ${values.bind(jobId, "text")}`;
  const [job] = await askJobs(db, page, values, edges);
  return job ?? null;
}
