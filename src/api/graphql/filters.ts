/** What lists can be narrowed to. Everything given must hold; of the values in one list, any. */
import type { InputShapeFromTypeParam } from "@pothos/core";
import { InputError } from "../../lib/input-error.ts";
import { parseReference, SOURCE_NAME } from "../../model/reference.ts";
import type { ActionFilter, GateFilter, JobFilter, RunFilter } from "../../model/view.ts";
import { builder } from "./builder.ts";
import { CauseKindRef, RunStateRef } from "./enums.ts";

/** Longer lists are a sign of a client that filters for us; each value is also a place in a prepared statement. */
const MAX_VALUES = 100;
const MAX_TEXT = 200;

export const RunFilterRef = builder.inputType("RunFilter", {
  description: "Narrows a list of runs. Everything given must hold; of the values of one list, any.",
  fields: (t) => ({
    source: t.stringList({ description: "Names of sources: `airflow-prod`." }),
    job: t.stringList({ description: "References of jobs: `airflow-prod/load_ledger`." }),
    state: t.field({ type: [RunStateRef], description: "States." }),
    startedAfter: t.field({ type: "DateTime", description: "Started at this moment or later." }),
    startedBefore: t.field({ type: "DateTime", description: "Started before this moment." }),
    endedAfter: t.field({ type: "DateTime", description: "Ended at this moment or later." }),
    endedBefore: t.field({ type: "DateTime", description: "Ended before this moment." }),
    label: t.stringList({ description: "Labels of the source, all of them: `team=finance`, or `team` for any value." }),
    cause: t.field({ type: [CauseKindRef], description: "Why it began." }),
    text: t.string({
      description: "Part of the job's name or of the error, or the beginning of the run's id in its tool.",
    }),
  }),
});

export const JobFilterRef = builder.inputType("JobFilter", {
  description: "Narrows a list of jobs. Everything given must hold; of the values of one list, any.",
  fields: (t) => ({
    source: t.stringList({ description: "Names of sources: `airflow-prod`." }),
    label: t.stringList({ description: "Labels of the source, all of them: `team=finance`, or `team` for any value." }),
    tag: t.stringList({ description: "Tags the tool gives the job." }),
    owner: t.stringList({ description: "Owners as the tool names them." }),
    paused: t.boolean({ description: "Paused, or not." }),
    gone: t.boolean({ description: "Jobs that are gone from their tool; they are left out unless asked for." }),
    text: t.string({ description: "Part of the job's name or id." }),
  }),
});

export const GateFilterRef = builder.inputType("GateFilter", {
  description: "Narrows a list of gates. Everything given must hold; of the values of one list, any.",
  fields: (t) => ({
    source: t.stringList({ description: "Names of sources: `jenkins-core`." }),
    job: t.stringList({ description: "References of jobs: `jenkins-core/finance/extract`." }),
    label: t.stringList({ description: "Labels of the source, all of them: `team=finance`, or `team` for any value." }),
    asked: t.stringList({ description: "Whom the tool asks, in its words." }),
    waiting: t.boolean({ description: "Those that wait, unless told; false for those that have ended." }),
  }),
});

export function toRunFilter(input: InputShapeFromTypeParam<never, typeof RunFilterRef, false>): RunFilter {
  const filter = withoutNulls(input ?? {}) as RunFilter;
  checkLists(filter);
  filter.job?.forEach((reference, at) => checkReference(reference, `filter.job[${at}]`));
  return filter;
}

export function toJobFilter(input: InputShapeFromTypeParam<never, typeof JobFilterRef, false>): JobFilter {
  const filter = withoutNulls(input ?? {}) as JobFilter;
  checkLists(filter);
  return filter;
}

export function toActionFilter(input: object | null | undefined): ActionFilter {
  const filter = withoutNulls(input ?? {}) as ActionFilter;
  checkLists(filter);
  filter.job?.forEach((reference, at) => checkReference(reference, `filter.job[${at}]`));
  return filter;
}

export function toGateFilter(input: InputShapeFromTypeParam<never, typeof GateFilterRef, false>): GateFilter {
  const filter = withoutNulls(input ?? {}) as GateFilter;
  checkLists(filter);
  filter.job?.forEach((reference, at) => checkReference(reference, `filter.job[${at}]`));
  return filter;
}

function checkLists(filter: RunFilter | JobFilter | GateFilter | ActionFilter): void {
  for (const [name, value] of Object.entries(filter) as [string, unknown][]) {
    if (Array.isArray(value) && value.length > MAX_VALUES) {
      throw new InputError(`filter.${name}`, `${value.length} values; at most ${MAX_VALUES} are taken`);
    }
    for (const text of Array.isArray(value) ? value : [value]) checkText(text, `filter.${name}`);
  }
  filter.source?.forEach((name, at) => checkSource(name, `filter.source[${at}]`));
}

function checkText(text: unknown, path: string): void {
  if (typeof text !== "string") return;
  if (text.length > MAX_TEXT && path === "filter.text")
    throw new InputError(path, `longer than ${MAX_TEXT} characters`);
  // Postgres stores no NUL and says so in words of its own.
  if (text.includes("\0")) throw new InputError(path, "holds a NUL character, which no name or text can");
}

function checkSource(name: string, path: string): void {
  if (!SOURCE_NAME.test(name)) throw new InputError(path, `"${name}" is no source name; one holds a-z, 0-9 and "-"`);
}

function checkReference(reference: string, path: string): void {
  try {
    parseReference(reference);
  } catch (error) {
    throw error instanceof InputError ? new InputError(path, error.message) : error;
  }
}

/** GraphQL lets a client write null for "not given". */
function withoutNulls(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined));
}
