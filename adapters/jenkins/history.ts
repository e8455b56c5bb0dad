/**
 * The past, newest first over all jobs.
 *
 * Jenkins keeps it by job and in no common order, so a window is read from every job that has a build in it and sorted
 * here. A first look back asks for one window after the other: what lies before the present one was read with it, and is
 * kept for the next as far as there is room.
 */
import type { Page, RejectedRow } from "../../src/adapter/contract.ts";
import { readRows } from "../../src/adapter/rows.ts";
import type { ForeignRun } from "../../src/model/foreign.ts";
import { numberOf, readBack, readDown } from "./builds.ts";
import type { Jenkins } from "./client.ts";
import { type JobNumber, readNumbers } from "./fleet.ts";
import { buildRow } from "./rows.ts";
import { type Site, toRun } from "./translate.ts";
import { inTurns } from "./turns.ts";

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

export interface PastShelf {
  take(jobId: string, to: Date): PastBuilds | null;
  put(jobId: string, builds: PastBuilds): void;
  clear(): void;
}

/** All builds of a job begun between two moments. */
export interface PastBuilds {
  readonly fromMs: number;
  readonly toMs: number;
  /** The lowest number that was read: from there it goes on. */
  readonly oldest: number;
  /** Newest first. */
  readonly runs: readonly ForeignRun[];
}

/** About thirty megabytes. What finds no room is asked for again. */
const MOST_KEPT = 30_000;

export function createShelf(): PastShelf {
  const kept = new Map<string, PastBuilds>();
  let size = 0;
  return {
    take(jobId, to) {
      const builds = kept.get(jobId);
      if (!builds) return null;
      kept.delete(jobId);
      size -= builds.runs.length;
      return builds.toMs >= to.getTime() ? builds : null;
    },
    put(jobId, builds) {
      if (size + builds.runs.length > MOST_KEPT) return;
      kept.set(jobId, builds);
      size += builds.runs.length;
    },
    clear() {
      kept.clear();
      size = 0;
    },
  };
}

const RUNS_A_PAGE = 50;

interface Looking {
  readonly jenkins: Jenkins;
  readonly site: Site;
  readonly shelf: PastShelf;
  readonly signal: AbortSignal;
}

export async function* lookBack(looking: Looking, { from, to }: Window): AsyncGenerator<Page<ForeignRun>> {
  const numbers = await readNumbers(looking.jenkins, true, looking.signal);
  const { readAt } = numbers;
  const jobs = numbers.jobs.filter(({ next }) => next > 1);
  const found = await inTurns(jobs, (job) => readWindow(looking, job, { from, to }));
  const runs = found.flatMap(({ runs }) => runs).sort((a, b) => begunMs(b) - begunMs(a));
  const rejected = [...numbers.rejected, ...found.flatMap(({ rejected }) => rejected)];
  for (let at = 0; at < Math.max(1, runs.length); at += RUNS_A_PAGE)
    yield { items: runs.slice(at, at + RUNS_A_PAGE), rejected: at === 0 ? rejected : [], readAt };
}

interface WindowFound {
  readonly runs: readonly ForeignRun[];
  readonly rejected: readonly RejectedRow[];
}

async function readWindow(looking: Looking, job: JobNumber, { from, to }: Window): Promise<WindowFound> {
  // Ended before the window began, so nothing of it began in it.
  if (job.lastChangeMs !== null && job.lastChangeMs < from.getTime()) return { runs: [], rejected: [] };
  const kept = looking.shelf.take(job.id, to);
  const { builds, rejected } =
    kept && kept.fromMs <= from.getTime()
      ? { builds: kept, rejected: [] }
      : await readPast(looking, job.id, { from, to }, kept);
  const isBefore = (run: ForeignRun) => begunMs(run) < from.getTime();
  looking.shelf.put(job.id, { ...builds, toMs: from.getTime(), runs: builds.runs.filter(isBefore) });
  return { runs: builds.runs.filter((run) => !isBefore(run) && begunMs(run) <= to.getTime()), rejected };
}

/** As far back as its hundred newest go, and farther where the window does; on from what was read before. */
async function readPast(
  { jenkins, site, signal }: Looking,
  jobId: string,
  { from, to }: Window,
  kept: PastBuilds | null,
) {
  const runs: ForeignRun[] = [...(kept?.runs ?? [])];
  const rejected: RejectedRow[] = [];
  let [whole, oldest] = [true, kept?.oldest ?? Infinity];
  const isEnough = ({ timestamp }: { timestamp?: number | null | undefined }) => {
    const before = typeof timestamp === "number" && timestamp < from.getTime();
    if (before) whole = false;
    return before;
  };
  const chunks = kept
    ? readDown(jenkins, jobId, kept.oldest, isEnough, signal)
    : readBack(jenkins, jobId, isEnough, signal);
  for await (const chunk of chunks) {
    const page = readRows(chunk.rows, chunk.readAt, {
      kind: "run",
      schema: buildRow,
      idField: "number",
      // An item of the queue by the same number may be a newer one: the count begins anew when its file is lost.
      translate: (row) => ({ ...toRun(jobId, row, site, chunk.readAt), formerly: null }),
    });
    runs.push(...page.items);
    rejected.push(...page.rejected);
    oldest = Math.min(oldest, ...chunk.rows.map((row) => numberOf(row) ?? Infinity));
  }
  const last = runs.at(-1);
  const fromMs = whole || !last ? 0 : begunMs(last);
  return { builds: { fromMs, toMs: to.getTime(), oldest, runs } satisfies PastBuilds, rejected };
}

function begunMs({ startedAt, queuedAt }: ForeignRun): number {
  return (startedAt ?? queuedAt)?.getTime() ?? 0;
}
