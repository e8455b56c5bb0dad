/** `order_by`, with the tie breaker and the place of missing values that the server's database gives it. */
import type { RunRow } from "./rows.ts";
import type { Tongue } from "./tongue.ts";

type Sortable = number | string | null;

const FIELDS: Readonly<Record<string, (run: RunRow) => Sortable>> = {
  id: (run) => run.id,
  state: (run) => run.state,
  dag_id: (run) => run.dagId,
  run_id: (run) => run.runId,
  dag_run_id: (run) => run.runId,
  execution_date: (run) => run.logicalDate,
  logical_date: (run) => run.logicalDate,
  run_after: (run) => run.runAfter,
  start_date: (run) => run.startDate,
  end_date: (run) => run.endDate,
  updated_at: (run) => run.updatedAt,
  duration: (run) => (run.startDate === null || run.endDate === null ? null : run.endDate - run.startDate),
};

export interface RunOrder {
  /** As it was asked for: `-run_after`. */
  readonly name: string;
  readonly compare: (a: RunRow, b: RunRow) => number;
}

export function orderOf(orderBy: string | null, tongue: Tongue, refusesAll: boolean): RunOrder {
  const name = (orderBy ?? "id").replace(/^-/, "");
  if (orderBy !== null && (refusesAll || !tongue.runOrders.includes(name))) {
    const reason = `Ordering with '${name}' is disallowed or the attribute does not exist on the model`;
    throw tongue.refuse(400, reason);
  }
  const field = FIELDS[name] ?? ((run: RunRow) => run.id);
  const sign = orderBy?.startsWith("-") ? -1 : 1;
  return {
    name: orderBy ?? "id",
    compare: (a, b) => compare(field(a), field(b), sign) || sign * (a.id - b.id),
  };
}

/** Nulls last, whichever way. */
function compare(a: Sortable, b: Sortable, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -sign : sign;
}
