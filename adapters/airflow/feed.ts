/** Which questions to ask for runs, as far as this server's version can answer them. Pure. */
import type { QueryValue } from "../../src/adapter/http/http.ts";
import type { Dialect } from "./dialect.ts";

export type Question = Readonly<Record<string, QueryValue>>;

const OPEN: Question = { state: ["queued", "running"], order_by: "id" };

/**
 * What changed at or after `since`. Sorted by `id`: sorted by the time that moves, rows jump to the end of the list
 * while it is read, and others are skipped in silence.
 */
export function changesSince(since: Date, { updatedAtFilter }: Dialect): readonly Question[] {
  const time = since.toISOString();
  if (updatedAtFilter) return [{ updated_at_gte: time, order_by: "id" }];
  // Before 2.6: what ended, what began, and what is open. A queued run has no start and would be missed by the others.
  return [{ end_date_gte: time, order_by: "id" }, { start_date_gte: time, order_by: "id" }, OPEN];
}

export function openRuns(): Question {
  return OPEN;
}

/** Newest first. 2.x knows no `run_after`, and leaves out runs without a start, which are open and found as such. */
export function runsBetween(from: Date, to: Date, { api }: Dialect): Question {
  const field = api === "v1" ? "start_date" : "run_after";
  return { [`${field}_gte`]: from.toISOString(), [`${field}_lte`]: to.toISOString(), order_by: `-${field}` };
}
