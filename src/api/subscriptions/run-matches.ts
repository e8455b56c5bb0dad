/** Whether a run belongs to a filter: the same question the store answers in SQL, for one run that just changed. */
import { printReference } from "../../model/reference.ts";
import type { RunFilter, RunView } from "../../model/view.ts";

export function runMatches(filter: RunFilter, run: RunView): boolean {
  const source = run.job?.source;
  return (
    includes(filter.source, source?.name) &&
    includes(filter.job, source && run.job && printReference({ source: source.name, jobId: run.job.externalId })) &&
    includes(filter.state, run.state) &&
    includes(filter.cause, run.causeKind) &&
    isWithin(run.startedAt, filter.startedAfter, filter.startedBefore) &&
    isWithin(run.endedAt, filter.endedAfter, filter.endedBefore) &&
    (filter.label === undefined || filter.label.every((label) => isLabelled(source?.labels ?? {}, label))) &&
    (filter.text === undefined || holdsText(run, filter.text))
  );
}

function includes<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}

function isWithin(moment: string | null, after: string | undefined, before: string | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  if (moment === null) return false;
  const at = Date.parse(moment);
  return (after === undefined || at >= Date.parse(after)) && (before === undefined || at < Date.parse(before));
}

function isLabelled(labels: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf("=");
  if (equals < 0) return Object.hasOwn(labels, label);
  const key = label.slice(0, equals);
  return Object.hasOwn(labels, key) && labels[key] === label.slice(equals + 1);
}

function holdsText(run: RunView, text: string): boolean {
  const part = text.toLowerCase();
  return (
    `${run.job?.externalId ?? ""} ${run.job?.name ?? ""}`.toLowerCase().includes(part) ||
    (run.errorMessage ?? "").toLowerCase().includes(part) ||
    run.externalId.startsWith(text)
  );
}
