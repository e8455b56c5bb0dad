/** The table of DAGs, kept in the order in which they are listed. */
import type { DagRow } from "./rows.ts";

export interface DagTable {
  get(dagId: string): DagRow | null;
  put(dag: DagRow): void;
  remove(dagId: string): void;
  /** By dag_id, as the database sorts them. */
  all(): readonly DagRow[];
}

export function dagTable(): DagTable {
  const dags = new Map<string, DagRow>();
  let sorted: DagRow[] | null = null;

  return {
    get: (dagId) => dags.get(dagId) ?? null,
    put(dag) {
      dags.set(dag.dagId, dag);
      sorted = null;
    },
    remove(dagId) {
      dags.delete(dagId);
      sorted = null;
    },
    all() {
      sorted ??= [...dags.values()].sort((a, b) => (a.dagId < b.dagId ? -1 : 1));
      return sorted;
    },
  };
}
