/**
 * Runs, read from lists of Jobs.
 *
 * The API filters by no time and by no state, so every reading is the whole list, in chunks, and what nobody asked for is
 * dropped here. A namespace that refuses us does not keep the others from being read; but the reading as a whole is not
 * complete then, and says so at its end.
 */
import type { Page } from "../../src/adapter/contract.ts";
import { isFault, type RemoteError } from "../../src/adapter/remote-error.ts";
import { isTerminal } from "../../src/model/run-state.ts";
import type { ForeignRun, ForeignRunRef } from "../../src/model/foreign.ts";
import { type Chunk, getObject, listChunks, type ListOptions, type Resource, type Scope, scopesOf } from "./client.ts";
import { readRunRef, type RunName, shortUid } from "./identity.ts";
import { stateOf } from "./job-state.ts";
import { lastWordsFor } from "./last-words.ts";
import { jobObjects, runPage } from "./pages.ts";
import type { JobRow } from "./rows.ts";
import type { Talk } from "./session.ts";
import { toDate } from "./time.ts";
import { toRun } from "./translate.ts";
import type { Memory } from "./watch/memory.ts";

/** All scopes in turn. Throws at the end what one of them refused. */
export async function* everyChunk(
  talk: Talk,
  resource: Resource,
  options: ListOptions = {},
): AsyncGenerator<Chunk & { readonly scope: Scope }> {
  let refusal: RemoteError | null = null;
  for (const scope of scopesOf(talk)) {
    try {
      for await (const chunk of listChunks(talk, resource, scope, options)) yield { ...chunk, scope };
    } catch (error) {
      // One namespace alone may be forbidden or gone. Silence and overload concern the whole cluster.
      if (scope === null || !isFault(error, "refused", "missing") || error.status === 401) throw error;
      refusal ??= error;
    }
  }
  if (refusal) throw refusal;
}

function jobChunks(talk: Talk) {
  const { labelSelector } = talk.config;
  return everyChunk(talk, "jobs", { query: { labelSelector } });
}

export async function* runs(
  talk: Talk,
  memory: Memory,
  wanted: (job: JobRow) => boolean,
): AsyncGenerator<Page<ForeignRun>> {
  for await (const chunk of jobChunks(talk)) {
    const page = jobObjects(chunk);
    const items = page.items.filter(wanted);
    const words = await lastWordsFor(talk, items, memory);
    yield runPage({ ...page, items }, talk.reading, words);
  }
}

/** Open ones always, for nothing says when they changed; and those that ended since. */
export function changedSince(since: Date) {
  return (job: JobRow): boolean => {
    const { end } = stateOf(job);
    if (!end) return true;
    const at = toDate(end.lastTransitionTime) ?? toDate(job.status?.completionTime);
    const created = toDate(job.metadata.creationTimestamp);
    // Times are whole seconds, cut off.
    const edge = Math.floor(since.getTime() / 1_000) * 1_000;
    return at === null || at.getTime() >= edge || (created !== null && created.getTime() >= edge);
  };
}

export function isOpen(job: JobRow): boolean {
  return !isTerminal(stateOf(job).state);
}

/** What was seen to end and then to vanish, as a page of its own: no list will ever tell of it again. */
export function vanishedSince(memory: Memory, since: Date, now: Date): Page<ForeignRun> | null {
  const items = memory.vanishedSince(since);
  return items.length === 0 ? null : { items, rejected: [], readAt: now };
}

/** Newest first, so the whole window is collected before the first page is told. */
export async function* history(
  talk: Talk,
  memory: Memory,
  { from, to }: { readonly from: Date; readonly to: Date },
): AsyncGenerator<Page<ForeignRun>> {
  const found: ForeignRun[] = [];
  const rejected: Page<ForeignRun>["rejected"][number][] = [];
  let readAt: Date | null = null;
  for await (const page of runs(talk, memory, (job) => beganWithin(job, from, to))) {
    found.push(...page.items);
    rejected.push(...page.rejected);
    readAt ??= page.readAt;
  }
  if (readAt === null) return;
  found.sort((a, b) => began(b) - began(a));
  const { pageSize } = talk.config;
  for (let at = 0; at === 0 || at < found.length; at += pageSize) {
    yield { items: found.slice(at, at + pageSize), rejected: at === 0 ? rejected : [], readAt };
  }
}

function began({ startedAt, queuedAt }: ForeignRun): number {
  return (startedAt ?? queuedAt)?.getTime() ?? 0;
}

function beganWithin({ metadata, status }: JobRow, from: Date, to: Date): boolean {
  const at = toDate(status?.startTime) ?? toDate(metadata.creationTimestamp);
  return at === null || (at.getTime() >= Math.floor(from.getTime() / 1_000) * 1_000 && at <= to);
}

/** Up to here single questions are cheaper than the list of a namespace. */
const ONE_BY_ONE = 24;
const AT_ONCE = 6;

/** The present state of these; what was seen to end before it vanished counts as present. */
export async function observe(
  talk: Talk,
  memory: Memory,
  refs: readonly ForeignRunRef[],
  now: () => Date,
): Promise<Page<ForeignRun>> {
  const pages: Page<JobRow>[] = [];
  const wanted = new Map(refs.flatMap((ref) => [[ref, readRunRef(ref)] as const]));
  const names = [...wanted.values()].filter((name) => name !== null);
  for (const [namespace, some] of groupBy(names, ({ namespace }) => namespace)) {
    const found = some.length > ONE_BY_ONE ? await fromList(talk, namespace, some) : await oneByOne(talk, some);
    pages.push(...found);
  }
  const jobs = pages.flatMap(({ items }) => items);
  const words = await lastWordsFor(talk, jobs, memory);
  const present = jobs.map((job) => toRun(job, talk.reading, words.get(job.metadata.uid)));
  const gone = refs.filter((ref) => !present.some((run) => sameRun(run, ref)));
  return {
    items: [...present.filter((run) => refs.some((ref) => sameRun(run, ref))), ...memory.vanished(gone)],
    rejected: pages.flatMap(({ rejected }) => rejected),
    readAt: pages.length === 0 ? now() : new Date(Math.min(...pages.map(({ readAt }) => readAt.getTime()))),
  };
}

function sameRun(a: ForeignRunRef, b: ForeignRunRef): boolean {
  return a.jobId === b.jobId && a.runId === b.runId;
}

async function fromList(talk: Talk, namespace: string, names: readonly RunName[]): Promise<Page<JobRow>[]> {
  const wanted = new Set(names.map((name) => `${name.name}~${name.shortUid}`));
  const pages: Page<JobRow>[] = [];
  for await (const chunk of listChunks(talk, "jobs", namespace)) {
    const { rejected, ...page } = jobObjects(chunk);
    const items = page.items.filter(({ metadata }) => wanted.has(`${metadata.name}~${shortUid(metadata.uid)}`));
    pages.push({ ...page, items, rejected: rejected.filter(({ id }) => names.some(({ name }) => name === id)) });
  }
  return pages;
}

async function oneByOne(talk: Talk, names: readonly RunName[]): Promise<Page<JobRow>[]> {
  const pages: Page<JobRow>[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    pages.push(...(await Promise.all(names.slice(at, at + AT_ONCE).map((name) => readOne(talk, name)))));
  }
  return pages;
}

/** A Job of the same name and another uid is another run. */
export async function readOne(talk: Talk, { namespace, name, shortUid: uid }: RunName): Promise<Page<JobRow>> {
  const { body, readAt, found } = await getObject(talk, "jobs", namespace, name);
  if (!found) return { items: [], rejected: [], readAt };
  const page = jobObjects({ rows: [body], readAt });
  return { ...page, items: page.items.filter(({ metadata }) => shortUid(metadata.uid) === uid) };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
