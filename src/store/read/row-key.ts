/** Rows asked for by key, many at once. */
import type { Values } from "./statement.ts";

/** Ids of jobs and runs are unique within their source only: the tables distribute by it. */
export interface RowKey {
  readonly sourceId: number;
  readonly id: number;
}

/** One row `k (source_id, id)` a key, each once. */
export function keysOf(keys: readonly RowKey[], values: Values): string {
  const sources = values.bind(
    keys.map((key) => key.sourceId),
    "integer[]",
  );
  const ids = values.bind(
    keys.map((key) => key.id),
    "bigint[]",
  );
  return `(select distinct * from unnest(${sources}, ${ids}) as k(source_id, id)) k`;
}

/** The rows of `table` with these keys. Looked up one by one: a join would let the planner read the whole table. */
export function rowsAt(table: "run" | "job", keys: readonly RowKey[], values: Values): string {
  return `select r.* from ${keysOf(keys, values)}
    cross join lateral (select * from ${table} where source_id = k.source_id and id = k.id offset 0) r`;
}
