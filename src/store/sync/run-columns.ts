/** Runs turned on their side: one array a column, so that a page is one statement with the same text for any size. */
import { type RawBuilder, sql } from "kysely";
import { isoText } from "../../lib/iso-text.ts";
import type { ForeignRun } from "../../model/foreign.ts";

/** For `unnest`, whose result is named with `RUN_COLUMNS`. */
export function runArrays(runs: readonly ForeignRun[]): RawBuilder<unknown> {
  const column = (value: (run: ForeignRun) => string | null) => arrayLiteral(runs.map(value));
  return sql`
    ${column((run) => run.jobId)}::text[],
    ${column((run) => run.runId)}::text[],
    ${column((run) => run.state)}::text[],
    ${column((run) => run.native.word)}::text[],
    ${column((run) => run.native.rule)}::text[],
    ${column((run) => run.cause.kind)}::text[],
    ${column((run) => run.cause.by)}::text[],
    ${column((run) => run.cause.key)}::text[],
    ${column((run) => (run.parameters === null ? null : JSON.stringify(run.parameters)))}::jsonb[],
    ${column((run) => run.error?.kind ?? null)}::text[],
    ${column((run) => run.error?.message ?? null)}::text[],
    ${column((run) => instant(run.queuedAt))}::timestamptz[],
    ${column((run) => instant(run.startedAt))}::timestamptz[],
    ${column((run) => instant(run.endedAt))}::timestamptz[],
    ${column((run) => run.url)}::text[]`;
}

/** What `unnest` makes of `runArrays`, in its order. */
export const RUN_COLUMNS = sql.raw(
  `job, run, state, native_state, state_rule, cause_kind, cause_by, cause_key, parameters,
   error_kind, error_message, queued_at, started_at, ended_at, url`,
);

export function instant(at: Date | null): string | null {
  return at === null ? null : isoText(at.getTime());
}

/** An array as PostgreSQL reads it. pg would write the same, with two replacements for each element; few need one. */
export function arrayLiteral(values: readonly (string | number | null)[]): string {
  return `{${values.map(element).join()}}`;
}

function element(value: string | number | null): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
}
