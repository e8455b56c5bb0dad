/**
 * What the watch has seen and no question can bring back: Jobs that ended and were deleted at once, and the last words of
 * pods that went with them.
 *
 * It is no truth, only a witness: bounded, lost with the process, and asked only about what the cluster no longer knows.
 * Of a live Job it keeps no more than what tells whether the next event is news.
 */
import type { ForeignRun, ForeignRunRef } from "../../../src/model/foreign.ts";
import { isTerminal } from "../../../src/model/run-state.ts";
import { toError } from "../failure.ts";
import { stateOf } from "../job-state.ts";
import { CANCELLED } from "../ours.ts";
import type { LastWords } from "../pods.ts";
import type { Condition, JobRow } from "../rows.ts";
import { type Reading, toRun } from "../translate.ts";

/** Of a live Job. Ten thousand of them are some megabytes. */
interface Sighting extends Ending {
  readonly resourceVersion: string;
  readonly scope: string;
}

interface Ending {
  readonly run: ForeignRun;
  /** Kept beside it: pods are told of by another stream, and their last words may come last. */
  readonly end: Condition | null;
}

interface Vanished extends Ending {
  readonly at: Date;
}

const MOST_VANISHED = 10_000;
const MOST_TALKERS = 2_000;
const MOST_WORDS = 5;
/** The remote's clock is known by its `Date` header, which is cut to whole seconds at both ends. */
const CLOCK_MS = 2_000;

export interface Memory {
  /** Answers with the run when that tells something new of it. */
  see(job: JobRow, scope: string): ForeignRunRef | null;
  /** The state it had when it went. */
  seeGone(job: JobRow, at: Date): ForeignRunRef;
  /** Those of a scope that a complete list no longer holds: deletions we missed. */
  missedIn(scope: string, present: ReadonlySet<string>, at: Date): ForeignRunRef[];
  /** Answers with the run that the words belong to, if it is known and they are new. */
  hear(jobUid: string, words: readonly LastWords[]): ForeignRunRef | null;
  wordsOf(jobUid: string): readonly LastWords[];
  /** Of a run that is gone: its pods went with it. */
  wordsOfRun(run: ForeignRunRef): readonly LastWords[];
  vanished(refs: readonly ForeignRunRef[]): ForeignRun[];
  vanishedSince(since: Date): ForeignRun[];
  /** A run with this key that we saw end and vanish: its name is free again, and must not be taken. */
  vanishedWithKey(jobId: string, key: string): ForeignRun | null;
  versionOf(uid: string): string | null;
  readonly size: { readonly live: number; readonly vanished: number };
}

export function createMemory(reading: Reading): Memory {
  const live = new Map<string, Sighting>();
  const gone = new Map<string, Vanished>();
  const words = new Map<string, readonly LastWords[]>();

  const describe = (job: JobRow): Ending => ({ run: toRun(job, reading), end: stateOf(job).end });

  function bury(uid: string, { run, end }: Ending, at: Date): void {
    live.delete(uid);
    if (!isTerminal(run.state)) return;
    gone.set(uid, { run, end, at });
    forgetOldest(gone, MOST_VANISHED);
  }

  function inFull(uid: string, { run, end }: Ending): ForeignRun {
    const said = words.get(uid);
    return run.state === "failed" && end && said ? { ...run, error: toError(end, said) } : run;
  }

  return {
    see(job, scope) {
      const { uid, resourceVersion } = job.metadata;
      const before = live.get(uid);
      const now = describe(job);
      live.set(uid, { ...now, resourceVersion: resourceVersion ?? "", scope });
      return before === undefined || tellsNews(before.run, now.run) ? refOf(now.run) : null;
    },

    seeGone(job, at) {
      const last = describe(job);
      bury(job.metadata.uid, { ...last, run: deletedByUs(job, last.run, at) ?? last.run }, at);
      return refOf(last.run);
    },

    missedIn(scope, present, at) {
      const missed = [...live].filter(([uid, sighting]) => sighting.scope === scope && !present.has(uid));
      for (const [uid, sighting] of missed) bury(uid, sighting, at);
      return missed.map(([, { run }]) => refOf(run));
    },

    hear(jobUid, said) {
      const before = words.get(jobUid) ?? [];
      const fresh = said.filter((word) => !before.some((known) => sameWords(known, word)));
      if (fresh.length === 0) return null;
      words.delete(jobUid);
      words.set(jobUid, [...before, ...fresh].slice(-MOST_WORDS));
      forgetOldest(words, MOST_TALKERS);
      const run = (live.get(jobUid) ?? gone.get(jobUid))?.run;
      return run?.state === "failed" ? refOf(run) : null;
    },

    wordsOf: (jobUid) => words.get(jobUid) ?? [],

    wordsOfRun(run) {
      const found = [...gone].find(([, vanished]) => keyOf(vanished.run) === keyOf(run));
      return (found && words.get(found[0])) ?? [];
    },

    vanished(refs) {
      const wanted = new Set(refs.map(keyOf));
      if (wanted.size === 0) return [];
      return [...gone].flatMap(([uid, ending]) => (wanted.has(keyOf(ending.run)) ? [inFull(uid, ending)] : []));
    },

    vanishedSince(since) {
      const edge = since.getTime() - CLOCK_MS;
      return [...gone].flatMap(([uid, ending]) => (ending.at.getTime() >= edge ? [inFull(uid, ending)] : []));
    },

    vanishedWithKey(jobId, key) {
      const found = [...gone.values()].find(({ run }) => run.jobId === jobId && run.cause.key === key);
      return found?.run ?? null;
    },

    versionOf: (uid) => live.get(uid)?.resourceVersion ?? null,

    get size() {
      return { live: live.size, vanished: gone.size };
    },
  };
}

/** We deleted it while it ran: nobody else will ever say how it ended. */
function deletedByUs({ metadata }: JobRow, run: ForeignRun, at: Date): ForeignRun | null {
  if (isTerminal(run.state) || metadata.annotations?.[CANCELLED] === undefined) return null;
  return { ...run, state: "cancelled", native: { word: "Deleted", rule: "job.deleted.our-mark" }, endedAt: at };
}

function tellsNews(before: ForeignRun, now: ForeignRun): boolean {
  return JSON.stringify(before) !== JSON.stringify(now);
}

function refOf({ jobId, runId }: ForeignRun): ForeignRunRef {
  return { jobId, runId };
}

function keyOf({ jobId, runId }: ForeignRunRef): string {
  return `${jobId}\0${runId}`;
}

function sameWords(a: LastWords, b: LastWords): boolean {
  return a.pod === b.pod && a.container === b.container && a.endedAt?.getTime() === b.endedAt?.getTime();
}

/** A map keeps the order of arrival. */
function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
