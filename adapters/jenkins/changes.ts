/**
 * Runs that changed, and runs that are open: from three requests for the whole fleet, and then from as many as there are
 * jobs in which something moved.
 */
import type { Page } from "../../src/adapter/contract.ts";
import { readRows } from "../../src/adapter/rows.ts";
import type { ForeignRun } from "../../src/model/foreign.ts";
import { type BuildChunk, readBack, readGap, readNumbered } from "./builds.ts";
import type { Jenkins } from "./client.ts";
import {
  type JobNumber,
  type Numbers,
  readNumbers,
  readRunning,
  readWaiting,
  type Running,
  type Waiting,
} from "./fleet.ts";
import type { KnownBuild, KnownJob, Memory } from "./memory.ts";
import { planJob } from "./plan.ts";
import { buildRow, type BuildRow } from "./rows.ts";
import { isOver, type Site, toQueuedRun, toRun } from "./translate.ts";
import { inTurns } from "./turns.ts";

export interface Reading {
  readonly jenkins: Jenkins;
  readonly site: Site;
  readonly memory: Memory;
  readonly signal: AbortSignal;
}

type RunPage = Page<ForeignRun>;

/** Jobs whose builds are asked for before their pages are handed on. */
const JOBS_A_TURN = 4;

export async function* changesSince(reading: Reading, since: Date): AsyncGenerator<RunPage> {
  const { jenkins, memory, signal } = reading;
  const sinceMs = since.getTime();
  memory.meet(jenkins.session());
  const [running, waiting, numbers] = await Promise.all([
    readRunning(jenkins, signal),
    readWaiting(jenkins, signal),
    readNumbers(jenkins, memory.isEmptyFor(sinceMs), signal),
  ]);
  memory.meet(jenkins.session());
  memory.keepOnly(new Set(numbers.jobs.map(({ id }) => id)));
  yield firstPage(reading, running, waiting, numbers);

  const moved = numbers.jobs.filter((job) => {
    const plan = planJob(job, memory.job(job.id), running.builds.get(job.id), sinceMs);
    if (plan.kind === "nothing") memory.keep(job.id, settled(memory.job(job.id), job, sinceMs));
    return plan.kind !== "nothing";
  });
  const told = new Set<ForeignRun>();
  for (let at = 0; at < moved.length; at += JOBS_A_TURN) {
    const some = moved.slice(at, at + JOBS_A_TURN);
    for (const page of (await inTurns(some, (job) => readJob(reading, job, running, sinceMs))).flat()) {
      for (const run of page.items) told.add(run);
      yield page;
    }
  }
  yield* replay(reading, numbers.readAt, sinceMs, told);
}

/** As old as the oldest of the three: the watermark is made of it. */
function firstPage({ site, memory }: Reading, running: Running, waiting: Waiting, numbers: Numbers): RunPage {
  const readAt = new Date(Math.min(...[running, waiting, numbers].map((part) => part.readAt.getTime())));
  const queued = waiting.items.map(({ jobId, item }) => toQueuedRun(jobId, item, site));
  const stillRunning = [...running.builds].flatMap(([jobId, builds]) =>
    [...builds].flatMap((number) => openRunOf(memory, jobId, number) ?? []),
  );
  return { items: [...queued, ...stillRunning], rejected: [...waiting.rejected, ...numbers.rejected], readAt };
}

function openRunOf(memory: Memory, jobId: string, number: number): ForeignRun | null {
  const known = memory.job(jobId)?.builds.get(number);
  return known?.open ? known.run : null;
}

async function readJob(reading: Reading, job: JobNumber, running: Running, sinceMs: number): Promise<RunPage[]> {
  const { jenkins, memory, signal } = reading;
  const known = memory.job(job.id);
  const plan = planJob(job, known, running.builds.get(job.id), sinceMs);
  const pages: RunPage[] = [];
  const builds = new Map<number, KnownBuild>(plan.kind === "some" ? known?.builds : []);
  const chunks =
    plan.kind === "some" ? readSome(reading, job, plan) : readBack(jenkins, job.id, begunBefore(sinceMs), signal);
  for await (const chunk of chunks) {
    const found = toBuilds(reading, job.id, chunk, plan.kind === "back");
    for (const [number, build] of found.builds)
      if (build.open || build.changedAtMs >= sinceMs) builds.set(number, build);
    const items = [...found.builds.values()].filter(({ open, changedAtMs }) => open || changedAtMs >= sinceMs);
    pages.push({ items: items.map(({ run }) => run), rejected: found.rejected, readAt: chunk.readAt });
  }
  // What left its executor and is not there any more was deleted while it ran.
  if (plan.kind === "some") {
    const told = new Set(pages.flatMap(({ items }) => items.map(({ runId }) => runId)));
    for (const number of plan.numbers) if (!told.has(builds.get(number)?.run.runId ?? "")) builds.delete(number);
  }
  memory.keep(job.id, { next: job.next, sinceMs, builds: pruned(builds, sinceMs) });
  return pages;
}

async function* readSome(
  { jenkins, signal }: Reading,
  job: JobNumber,
  plan: { readonly gap: { readonly from: number; readonly to: number } | null; readonly numbers: readonly number[] },
): AsyncGenerator<BuildChunk> {
  if (plan.gap) yield* await readGap(jenkins, job.id, plan.gap, signal);
  yield* await readNumbered(jenkins, job.id, plan.numbers, signal);
}

function begunBefore(sinceMs: number) {
  return ({ timestamp }: BuildRow) => typeof timestamp === "number" && timestamp < sinceMs;
}

/** `dated`: by the build's own times, where we look back; else it changed when we saw it. */
function toBuilds({ site }: Reading, jobId: string, chunk: BuildChunk, dated: boolean) {
  const builds = new Map<number, KnownBuild>();
  const page = readRows(chunk.rows, chunk.readAt, {
    kind: "run",
    schema: buildRow,
    idField: "number",
    translate(row) {
      const run = toRun(jobId, row, site, chunk.readAt);
      const ownMs = (run.endedAt ?? run.startedAt)?.getTime() ?? Infinity;
      builds.set(row.number, { run, open: !isOver(row), changedAtMs: dated ? ownMs : chunk.readAt.getTime() });
      return run;
    },
  });
  return { builds, rejected: page.rejected };
}

function settled(known: KnownJob | null, job: JobNumber, sinceMs: number): KnownJob {
  return { next: job.next, sinceMs, builds: pruned(known?.builds ?? new Map(), sinceMs) };
}

function pruned(builds: ReadonlyMap<number, KnownBuild>, sinceMs: number): ReadonlyMap<number, KnownBuild> {
  return new Map([...builds].filter(([, { open, changedAtMs }]) => open || changedAtMs >= sinceMs));
}

/** What earlier passes saw change since then: asked again, the same is told again. */
async function* replay(
  { memory }: Reading,
  readAt: Date,
  sinceMs: number,
  told: ReadonlySet<ForeignRun>,
): AsyncGenerator<RunPage> {
  const items: ForeignRun[] = [];
  for (const [, { builds }] of memory.entries())
    for (const { run, open, changedAtMs } of builds.values())
      if (!open && changedAtMs >= sinceMs && !told.has(run)) items.push(run);
  if (items.length > 0) yield { items, rejected: [], readAt };
}

/** Everything that has not ended. A build that is off its executor may be a pipeline on its way back after a restart. */
export async function* openRuns(reading: Reading): AsyncGenerator<RunPage> {
  const { jenkins, site, memory, signal } = reading;
  memory.meet(jenkins.session());
  const [running, waiting] = await Promise.all([readRunning(jenkins, signal), readWaiting(jenkins, signal)]);
  memory.meet(jenkins.session());
  const readAt = new Date(Math.min(running.readAt.getTime(), waiting.readAt.getTime()));
  const items = waiting.items.map(({ jobId, item }) => toQueuedRun(jobId, item, site));
  const unread = new Map<string, number[]>();
  const ask = (jobId: string, number: number) => unread.set(jobId, [...(unread.get(jobId) ?? []), number]);
  for (const [jobId, numbers] of running.builds)
    for (const number of numbers) {
      const run = openRunOf(memory, jobId, number);
      if (run) items.push(run);
      else ask(jobId, number);
    }
  for (const [jobId, { builds }] of memory.entries())
    for (const [number, { open }] of builds) if (open && !running.builds.get(jobId)?.has(number)) ask(jobId, number);
  yield { items, rejected: waiting.rejected, readAt };

  const pages = await inTurns([...unread], async ([jobId, numbers]) => {
    const chunks = await readNumbered(jenkins, jobId, numbers, signal);
    return chunks.map((chunk) => openPage(reading, jobId, chunk));
  });
  for (const page of pages.flat()) yield page;
}

function openPage(reading: Reading, jobId: string, chunk: BuildChunk): RunPage {
  const { builds, rejected } = toBuilds(reading, jobId, chunk, false);
  const items = [...builds.values()].filter(({ open }) => open).map(({ run }) => run);
  return { items, rejected, readAt: chunk.readAt };
}
