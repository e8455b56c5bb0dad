/**
 * One pass over one source: list, plan, apply; then one small row that says how it went.
 *
 * A part that the source refuses does not keep the other parts from being read; a source that does not answer, or asks
 * to be left alone, is asked nothing more in this pass.
 */
import { isFault, RemoteError } from "../adapter/remote-error.ts";
import type { Fault } from "../model/fault.ts";
import { isTerminal } from "../model/run-state.ts";
import { NOW, readMarks, type MarkChange, writeMarks } from "../store/sync/marks.ts";
import { openCounts } from "../store/sync/open-runs.ts";
import { AdapterBug } from "./ask.ts";
import { type Due, dueNow } from "./due.ts";
import { nextDelayMs } from "./pace.ts";
import { beginPass, type Pass, type SyncContext } from "./pass.ts";
import { lookBack } from "./phases/look-back.ts";
import { probe } from "./phases/probe.ts";
import { readChanges } from "./phases/read-changes.ts";
import { sweepGates } from "./phases/sweep-gates.ts";
import { sweepJobs } from "./phases/sweep-jobs.ts";
import { sweepLinks } from "./phases/sweep-links.ts";
import { observeHot, sweepOpen } from "./phases/sweep-open.ts";

export type SourceFault = Fault | "ours";
export type SourceError = RemoteError | AdapterBug;

export interface PassReport {
  /** What kept the pass from being whole; null when nothing did. */
  readonly error: SourceError | null;
  readonly changed: number;
  readonly delayMs: number;
}

/** Throws `Fenced`, an abort, or an error of the database; what a source does wrong is in the report. */
export async function syncOnce(context: SyncContext): Promise<PassReport> {
  const { db, lease, source, metrics, clock } = context;
  const pass = beginPass(context, await readMarks(db, lease.sourceId));
  const begun = clock.monotonicMs();
  const error = await runPhases(pass);
  const activeRuns = await countActive(pass);
  const failures = error ? pass.marks.failures + 1 : 0;
  const delayMs = delayAfter(pass, error, failures, activeRuns);
  await writeMarks(db, lease, { ...pass.change, ...statusOf(pass, error, failures), pace_ms: delayMs });
  metrics.sourceSyncDuration.observe({ source: source.name, phase: "pass" }, (clock.monotonicMs() - begun) / 1_000);
  return { error, changed: pass.changed, delayMs };
}

type Phase = readonly [name: string, run: (pass: Pass) => Promise<void>];

async function runPhases(pass: Pass): Promise<SourceError | null> {
  const due = dueNow(pass.marks);
  const phases: Phase[] = [
    ...(due.probe ? [["probe", probe] as const] : []),
    ...(due.jobs ? [["jobs", sweepJobs] as const] : []),
    ["runs", readChanges],
    ["hot", observeHot],
    ...(due.open ? [["open", sweepOpen] as const] : []),
    ["history", lookBack],
  ];
  let first: SourceError | null = null;
  for (const phase of phases) {
    const error = await runPhase(pass, phase);
    first ??= error;
    if (isFault(error, "unreachable", "busy")) return first;
  }
  await runAsides(pass, due);
  return first;
}

/** What a source has beside its jobs and runs. It fails by itself, says so, and is asked again at its own pace. */
async function runAsides(pass: Pass, due: Due): Promise<void> {
  const { remote, change, log } = pass;
  const asides = [
    ...(remote.gates && due.gates ? [["gates", sweepGates] as const] : []),
    ...(remote.links && due.links ? [["links", sweepLinks] as const] : []),
  ];
  for (const [name, run] of asides) {
    const error = await runPhase(pass, [name, run]);
    Object.assign(change, { [`${name}_asked_at`]: NOW, [`${name}_error`]: error && errorText(error) });
    if (!error) continue;
    log.warn({ err: error, fault: faultOf(error), phase: name }, "a part of the source could not be read");
    if (isFault(error, "unreachable", "busy")) return;
  }
}

async function runPhase(pass: Pass, [phase, run]: Phase): Promise<SourceError | null> {
  const { metrics, source, clock } = pass;
  const begun = clock.monotonicMs();
  try {
    await run(pass);
    return null;
  } catch (error) {
    if (error instanceof RemoteError || error instanceof AdapterBug) return error;
    throw error;
  } finally {
    metrics.sourceSyncDuration.observe({ source: source.name, phase }, (clock.monotonicMs() - begun) / 1_000);
  }
}

async function countActive({ db, lease, metrics, source }: Pass): Promise<number> {
  let active = 0;
  for (const [state, runs] of await openCounts(db, lease.sourceId)) {
    metrics.runsActive.set({ source: source.name, state }, runs);
    // What nobody can tell of will not hurry for being asked more often.
    if (!isTerminal(state) && state !== "unknown") active += runs;
  }
  return active;
}

function delayAfter(pass: Pass, error: SourceError | null, failures: number, activeRuns: number): number {
  return nextDelayMs({
    latencyMs: pass.latencyMs,
    activeRuns,
    hot: (pass.hotRuns?.() ?? []).length > 0,
    catchingUp: pass.catchingUp,
    failures,
    changed: pass.changed,
    everyMs: pass.settings.everyMs,
    retryAfterMs: error instanceof RemoteError ? error.retryAfterMs : null,
    random: pass.random?.() ?? 0.5,
  });
}

function statusOf(pass: Pass, error: SourceError | null, failures: number): MarkChange {
  const always = { failures, attempted_at: NOW, ...(pass.latencyMs > 0 && { latency_ms: pass.latencyMs }) };
  if (!error) return { ...always, reachable: true, fault: null, error: null, synced_at: NOW };
  return { ...always, ...faultStatus(error, pass.marks.reachable) };
}

const ERROR_LENGTH = 1_000;

/** Says of an error what the source's row says. Whether it can be reached is known only from what it did itself. */
export function faultStatus(error: Error, reachable: boolean | null): MarkChange {
  const fault = faultOf(error);
  return {
    fault,
    error: errorText(error),
    reachable: fault === "ours" ? reachable : fault !== "unreachable",
  };
}

function errorText(error: Error): string {
  const text = (error.message || error.name).replace(/\p{Surrogate}/gu, "\uFFFD").replaceAll("\0", "");
  return text.slice(0, ERROR_LENGTH);
}

export function faultOf(error: Error): SourceFault {
  return error instanceof RemoteError ? error.fault : "ours";
}
