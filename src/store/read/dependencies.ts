/** Which job waits for which, and which shares data with which: the edges that tools know, across all of them. */
import type { DependencyEnd, DependencyKind, DependencyView } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { keysOf, type RowKey } from "./row-key.ts";
import { ask, rowsOf, Values } from "./statement.ts";

export type Direction = "upstream" | "downstream";

export interface DependencyOf extends DependencyView {
  /** The job that was asked about. */
  readonly sourceId: number;
  readonly jobId: number;
}

const COLUMNS = [
  "e.kind",
  "e.data",
  "e.from_source",
  "from_source.name",
  "e.from_job",
  "from_job.id",
  "e.to_source",
  "to_source.name",
  "e.to_job",
  "to_job.id",
];
const BY = "from_source.name, e.from_job, to_source.name, e.to_job, e.data";

/** At most `limit` edges; whoever gets them all has seen the whole graph. */
export async function allDependencies(db: Db, limit: number): Promise<DependencyView[]> {
  const values = new Values();
  const most = values.bind(limit, "bigint");
  const edges = `(select * from (
    (${follows("true")} limit ${most}) union all (${shares("true")} limit ${most})) e limit ${most}) e`;
  const rows = await ask<EdgeRow[]>(db, `select ${rowsOf(COLUMNS, `${edges} ${ENDS}`, BY)}::text as answer`, values);
  return rows.map((row) => toDependency(row));
}

/** At most `limit` edges a job and a direction. */
export async function dependenciesOf(
  db: Db,
  jobs: readonly RowKey[],
  direction: Direction,
  limit: number,
): Promise<DependencyOf[]> {
  const values = new Values();
  const keys = keysOf(jobs, values);
  const most = values.bind(limit, "bigint");
  const here = (source: string, job: string) => `${source} = k.source_id and ${job} = j.external_id`;
  // The end at which the job stands: the one that follows and reads is downstream.
  const [follow, share] =
    direction === "upstream"
      ? [here("l.source_id", "l.job"), here("r.source_id", "r.job")]
      : [here("l.source_id", "l.target"), here("w.source_id", "w.job")];
  const edges = `${keys}
    cross join lateral (select external_id from job where source_id = k.source_id and id = k.id offset 0) j
    cross join lateral (select * from ((${follows(follow)} limit ${most}) union all (${shares(share)} limit ${most})) e
      limit ${most}) e`;
  const columns = [...COLUMNS, "k.source_id", "k.id"];
  const text = `select ${rowsOf(columns, `${edges} ${ENDS}`, BY)}::text as answer`;
  const rows = await ask<[...EdgeRow, sourceId: number, jobId: number][]>(db, text, values);
  return rows.map((row) => ({ ...toDependency(row), sourceId: row[10], jobId: row[11] }));
}

const LIVE = "select id from source where removed_at is null";

function follows(where: string): string {
  return `select 'job' as kind, null as data, l.source_id as from_source, l.target as from_job,
      l.source_id as to_source, l.job as to_job
    from job_link l where l.kind = 'follows' and l.source_id in (${LIVE}) and ${where}`;
}

/** Who writes it is followed by who reads it, in whatever tools they live. A job that does both follows nobody by that. */
function shares(where: string): string {
  return `select 'data' as kind, w.target as data, w.source_id as from_source, w.job as from_job,
      r.source_id as to_source, r.job as to_job
    from job_link w join job_link r on r.target = w.target and r.kind = 'reads'
    where w.kind = 'writes' and (w.source_id, w.job) <> (r.source_id, r.job)
      and w.source_id in (${LIVE}) and r.source_id in (${LIVE}) and ${where}`;
}

/** An edge may lead to a job that we have no right to see: then there is a name and no row. */
const ENDS = ["from", "to"]
  .map(
    (end) => `join source ${end}_source on ${end}_source.id = e.${end}_source
    left join lateral (select id from job where source_id = e.${end}_source and external_id = e.${end}_job offset 0) ${end}_job on true`,
  )
  .join("\n");

type EndRow = [sourceId: number, source: string, job: string, jobId: number | null];
type EdgeRow = [kind: DependencyKind, data: string | null, ...EndRow, ...EndRow];

function toDependency(row: readonly unknown[]): DependencyView {
  const [kind, data] = row as [DependencyKind, string | null];
  return { kind, data, from: toEnd(row.slice(2, 6) as EndRow), to: toEnd(row.slice(6, 10) as EndRow) };
}

function toEnd([sourceId, source, job, jobId]: EndRow): DependencyEnd {
  return { sourceId, source, job, jobId };
}
