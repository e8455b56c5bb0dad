/**
 * What the watch has seen and no question can bring back: Jobs that ended and were deleted at once, and the last words of
 * pods that went with them.
 *
 * It is no truth, only a witness: bounded, lost with the process, and asked only about what the cluster no longer knows.
 * Of a live Job it keeps no more than what tells whether the next event is news.
 */
import type { ForeignRun, ForeignRunRef } from "../../../src/model/foreign.ts";
import { isTerminal } from "../../../src/model/run-state.ts";
import { CANCELLED } from "../ours.ts";
import type { LastWords } from "../pods.ts";
import type { JobRow } from "../rows.ts";
import { type Reading, toRun } from "../translate.ts";

/** Of a live Job. Ten thousand of them are some megabytes. */
interface Sighting {
  readonly resourceVersion: string;
  readonly run: ForeignRun;
  readonly scope: string;
}

interface Vanished {
  readonly run: ForeignRun;
  readonly at: Date;
}

const MOST_VANISHED = 10_000;
const MOST_TALKERS = 2_000;
const MOST_WORDS = 5;

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

  const describe = (job: JobRow) => toRun(job, reading, words.get(job.metadata.uid));

  function bury(uid: string, run: ForeignRun, at: Date): void {
    live.delete(uid);
    if (!isTerminal(run.state)) return;
    gone.set(uid, { run, at });
    forgetOldest(gone, MOST_VANISHED);
  }

  return {
    see(job, scope) {
      const { uid, resourceVersion } = job.metadata;
      const before = live.get(uid);
      const run = describe(job);
      live.set(uid, { resourceVersion: resourceVersion ?? "", run, scope });
      return before === undefined || tellsNews(before.run, run) ? refOf(run) : null;
    },

    seeGone(job, at) {
      const run = describe(job);
      bury(job.metadata.uid, deletedByUs(job, run, at) ?? run, at);
      return refOf(run);
    },

    missedIn(scope, present, at) {
      const missed = [...live].filter(([uid, sighting]) => sighting.scope === scope && !present.has(uid));
      for (const [uid, { run }] of missed) bury(uid, run, at);
      return missed.map(([, { run }]) => refOf(run));
    },

    hear(jobUid, said) {
      const before = words.get(jobUid) ?? [];
      const fresh = said.filter((word) => !before.some((known) => sameWords(known, word)));
      if (fresh.length === 0) return null;
      words.delete(jobUid);
      words.set(jobUid, [...before, ...fresh].slice(-MOST_WORDS));
      forgetOldest(words, MOST_TALKERS);
      const run = live.get(jobUid)?.run;
      return run?.state === "failed" ? refOf(run) : null;
    },

    wordsOf: (jobUid) => words.get(jobUid) ?? [],

    wordsOfRun(run) {
      const found = [...gone].find(([, vanished]) => keyOf(vanished.run) === keyOf(run));
      return (found && words.get(found[0])) ?? [];
    },

    vanished(refs) {
      const wanted = new Set(refs.map(keyOf));
      return wanted.size === 0 ? [] : [...gone.values()].map(({ run }) => run).filter((run) => wanted.has(keyOf(run)));
    },

    vanishedSince: (since) => [...gone.values()].filter(({ at }) => at >= since).map(({ run }) => run),

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
