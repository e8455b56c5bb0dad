/** What a filter asks of a single run, beside its lane, its end and its text. */
import type { RunFilter } from "../../model/view.ts";
import type { Values } from "./statement.ts";

export function runConditions(filter: RunFilter, values: Values): string[] {
  const { startedAfter, startedBefore, cause } = filter;
  const conditions: string[] = [];
  // A run that began has its place on the time line there, so the index by that place bounds the search.
  if (startedAfter) conditions.push(bothAt(">=", values.bind(startedAfter, "timestamptz")));
  if (startedBefore) conditions.push(bothAt("<", values.bind(startedBefore, "timestamptz")));
  if (cause) conditions.push(`run.cause_kind = any(${values.bind(cause, "text[]")})`);
  return conditions;
}

function bothAt(comparison: string, moment: string): string {
  return `run.occurred_at ${comparison} ${moment} and run.started_at ${comparison} ${moment}`;
}
