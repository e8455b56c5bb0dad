/** Pages of Airflow's rows into pages of ours. */
import type { Page } from "../../src/adapter/contract.ts";
import { readRows } from "../../src/adapter/rows.ts";
import type { ForeignJob, ForeignRun } from "../../src/model/foreign.ts";
import type { ImportErrors } from "./import-errors.ts";
import type { Chunk } from "./paging.ts";
import { dagRow, runRow } from "./rows.ts";
import { type Site, toJob, toRun } from "./translate.ts";

export function jobPage(chunk: Chunk, site: Site, importErrors: ImportErrors): Page<ForeignJob> {
  // Sub-DAGs exist only in 2.x, and are run by the DAG they lie in.
  const rows = chunk.rows.filter((row) => (row as { readonly is_subdag?: unknown } | null)?.is_subdag !== true);
  return readRows(rows, chunk.readAt, {
    kind: "job",
    schema: dagRow,
    idField: "dag_id",
    translate: (dag) => toJob(dag, site, importErrors.of(dag)),
  });
}

export function runPage(chunk: Chunk, site: Site): Page<ForeignRun> {
  return readRows(chunk.rows, chunk.readAt, {
    kind: "run",
    schema: runRow,
    idField: "dag_run_id",
    translate: (run) => toRun(run, site),
  });
}

/** As old as its oldest part: what is claimed to be known at a moment must have been read by then. */
export function mergeRuns(chunks: readonly Chunk[], site: Site): Page<ForeignRun> {
  const pages = chunks.map((chunk) => runPage(chunk, site));
  return {
    items: pages.flatMap(({ items }) => items),
    rejected: pages.flatMap(({ rejected }) => rejected),
    readAt: new Date(Math.min(...pages.map(({ readAt }) => readAt.getTime()))),
  };
}
