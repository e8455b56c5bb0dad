/** Every kind of filter and some that meet, each with the plain condition it stands for. */
import type { RunFilter } from "../../../src/model/view.ts";

export interface Case {
  readonly filter: RunFilter;
  /** On a run `r`, its job `j` and its source `s`; `at` is the newest moment of the fleet. */
  readonly means: string;
}

export const NEWEST = "2026-03-01T12:00:00Z";

/** So many hours before the newest run. */
export function hoursBefore(hours: number): string {
  return new Date(Date.parse(NEWEST) - hours * 3_600_000).toISOString();
}

export const CASES: Readonly<Record<string, Case>> = {
  nothing: { filter: {}, means: "true" },
  "a state": { filter: { state: ["failed"] }, means: "r.state = 'failed'" },
  "a rare state": { filter: { state: ["waiting"] }, means: "r.state = 'waiting'" },
  "the usual state": { filter: { state: ["succeeded"] }, means: "r.state = 'succeeded'" },
  "several states": {
    filter: { state: ["failed", "cancelled", "waiting"] },
    means: "r.state in ('failed', 'cancelled', 'waiting')",
  },
  "states with the usual": { filter: { state: ["succeeded", "failed"] }, means: "r.state in ('failed', 'succeeded')" },
  "no state at all": { filter: { state: [] }, means: "false" },
  "a source": { filter: { source: ["airflow-3"] }, means: "s.name = 'airflow-3'" },
  "a rare source": { filter: { source: ["quiet"] }, means: "s.name = 'quiet'" },
  "a rare source among others": {
    filter: { source: ["quiet", "airflow-1"] },
    means: "s.name in ('quiet', 'airflow-1')",
  },
  "an unknown source": { filter: { source: ["nowhere"] }, means: "false" },
  "a state of sources": {
    filter: { source: ["airflow-3", "quiet"], state: ["failed", "waiting"] },
    means: "s.name in ('airflow-3', 'quiet') and r.state in ('failed', 'waiting')",
  },
  "the usual state of a source": {
    filter: { source: ["airflow-3"], state: ["succeeded"] },
    means: "s.name = 'airflow-3' and r.state = 'succeeded'",
  },
  "a label": { filter: { label: ["team=t3"] }, means: "s.labels ->> 'team' = 't3'" },
  "a label of any value": { filter: { label: ["zone"] }, means: "s.labels ? 'zone'" },
  "labels that meet": {
    filter: { label: ["team=t3", "zone=z3"] },
    means: `s.labels @> '{"team": "t3", "zone": "z3"}'`,
  },
  "a job": {
    filter: { job: ["airflow-1/build_ledger_5"] },
    means: "s.name = 'airflow-1' and j.external_id = 'build_ledger_5'",
  },
  "a busy job's failures": {
    filter: { job: ["airflow-2/export_ledger_1"], state: ["failed"] },
    means: "s.name = 'airflow-2' and j.external_id = 'export_ledger_1' and r.state = 'failed'",
  },
  "jobs, one twice and one unknown": {
    filter: { job: ["airflow-3/refresh_ledger_2", "airflow-3/refresh_ledger_2", "nowhere/x", "airflow-1/x"] },
    means: "s.name = 'airflow-3' and j.external_id = 'refresh_ledger_2'",
  },
  "a job of another source": {
    filter: { job: ["airflow-3/refresh_ledger_2"], source: ["airflow-1"] },
    means: "false",
  },
  "begun in a window": {
    filter: { startedAfter: hoursBefore(30), startedBefore: hoursBefore(20) },
    means: `r.started_at >= '${hoursBefore(30)}' and r.started_at < '${hoursBefore(20)}'`,
  },
  "ended in a window": {
    filter: { endedAfter: hoursBefore(30), endedBefore: hoursBefore(20) },
    means: `r.ended_at >= '${hoursBefore(30)}' and r.ended_at < '${hoursBefore(20)}'`,
  },
  "ended lately, a state": {
    filter: { endedAfter: hoursBefore(10), state: ["failed", "skipped"] },
    means: `r.ended_at >= '${hoursBefore(10)}' and r.state in ('failed', 'skipped')`,
  },
  "one that went on for days, by its end": {
    filter: { endedAfter: hoursBefore(108), endedBefore: hoursBefore(107) },
    means: `r.ended_at >= '${hoursBefore(108)}' and r.ended_at < '${hoursBefore(107)}'`,
  },
  "one that ended before it was seen": {
    filter: { endedAfter: hoursBefore(217), endedBefore: hoursBefore(216.5) },
    means: `r.ended_at >= '${hoursBefore(217)}' and r.ended_at < '${hoursBefore(216.5)}'`,
  },
  "ended long ago": { filter: { endedBefore: hoursBefore(700) }, means: `r.ended_at < '${hoursBefore(700)}'` },
  "a cause": { filter: { cause: ["manual"] }, means: "r.cause_kind = 'manual'" },
  "a cause of nothing": { filter: { cause: ["us", "retry"] }, means: "false" },
  "a common word": { filter: { text: "Ledger" }, means: textMeans("ledger") },
  "a rare word of a job": { filter: { text: "prices_1999" }, means: textMeans("prices_1999") },
  "a word of errors": { filter: { text: "DEADLINE" }, means: textMeans("deadline") },
  "a rare word of errors": { filter: { text: "quicksilver" }, means: textMeans("quicksilver") },
  "the beginning of an id": { filter: { text: "scheduled__2026-02-03" }, means: textMeans("scheduled__2026-02-03") },
  "a whole id": {
    filter: { text: "scheduled__2026-03-01T12:00:00+20000" },
    means: textMeans("scheduled__2026-03-01T12:00:00+20000"),
  },
  "a word that is nowhere": { filter: { text: "xylophone" }, means: "false" },
  "wildcards that mean themselves": { filter: { text: "l_dg%r" }, means: "false" },
  "a word and a state": {
    filter: { text: "orders", state: ["failed", "waiting"] },
    means: `${textMeans("orders")} and r.state in ('failed', 'waiting')`,
  },
  "a word in a source": {
    filter: { text: "deadline", source: ["airflow-2", "quiet"] },
    means: `${textMeans("deadline")} and s.name in ('airflow-2', 'quiet')`,
  },
  "a word in a job": {
    filter: { text: "reset by", job: ["airflow-2/export_ledger_1"] },
    means: `${textMeans("reset by")} and s.name = 'airflow-2' and j.external_id = 'export_ledger_1'`,
  },
  "a word in a window": {
    filter: { text: "stock", endedAfter: hoursBefore(30), endedBefore: hoursBefore(5) },
    means: `${textMeans("stock")} and r.ended_at >= '${hoursBefore(30)}' and r.ended_at < '${hoursBefore(5)}'`,
  },
  "a short word": {
    filter: { text: "lo" },
    means: "(j.search like 'lo%' or lower(r.error_message) like 'lo%' or starts_with(r.external_id, 'lo'))",
  },
};

function textMeans(text: string): string {
  return `(position('${text}' in j.search) > 0 or position('${text}' in lower(r.error_message)) > 0 or starts_with(r.external_id, '${text}'))`;
}
