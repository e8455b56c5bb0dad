/**
 * What a demo job did and will do, computed from its name and its schedule alone. The same question gets the same
 * answer at every start, so nothing seems to vanish, and the time we were not running is filled as if we had been.
 */
import { Cron } from "croner";
import type { RunState } from "../../model/run-state.ts";
import { diceFor, spread } from "./chance.ts";
import type { DemoJob } from "./fleet.ts";

export interface PlannedRun {
  readonly jobId: string;
  readonly dueAt: Date;
  readonly queuedAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outcome: "succeeded" | "failed";
}

const DAY_MS = 86_400_000;
const STUCK_FOR_MS = 3 * 3_600_000;

/** Tools keep less of what runs often, and so does this one: fourteen days of it would be most of the demo's memory. */
const HISTORY_MS: Readonly<Record<string, number>> = {
  "* * * * *": DAY_MS / 2,
  "*/5 * * * *": 2 * DAY_MS,
  "*/15 * * * *": 5 * DAY_MS,
};
const LONGEST_HISTORY_MS = 14 * DAY_MS;

/** When a job's history begins and ends. `origin` is when this demo was first started. */
export function spanOf(job: DemoJob, origin: Date): { readonly from: Date; readonly to: Date | null } {
  const before = HISTORY_MS[job.schedule ?? ""] ?? LONGEST_HISTORY_MS;
  const to = job.stuck ? new Date(origin.getTime() - STUCK_FOR_MS) : null;
  return { from: new Date(origin.getTime() - before), to };
}

/** The runs due after `from` and not after `to`, oldest first. */
export function plannedRuns(job: DemoJob, from: Date, to: Date): PlannedRun[] {
  if (job.schedule === null || job.paused) return [];
  const after = nextAfter(job.schedule);
  const runs: PlannedRun[] = [];
  for (let due = after(from); due !== null && due <= to; due = after(due)) runs.push(planRun(job, due));
  return runs;
}

const MINUTE_MS = 60_000;
/** Every minute, every few of them, or once an hour: nine of ten runs, and no calendar is needed to find them. */
const PLAIN = /^(?:\*(?:\/(?<every>\d+))?|(?<minute>\d+)) \* \* \* \*$/;

function nextAfter(schedule: string): (moment: Date) => Date | null {
  const plain = PLAIN.exec(schedule)?.groups;
  if (!plain) {
    // An offset instead of a zone: fifty times faster, and UTC has no summer.
    const cron = new Cron(schedule, { utcOffset: 0 });
    return (moment) => cron.nextRun(moment);
  }
  const period = plain.minute === undefined ? Number(plain.every ?? 1) * MINUTE_MS : 60 * MINUTE_MS;
  const phase = Number(plain.minute ?? 0) * MINUTE_MS;
  return (moment) => new Date((Math.floor((moment.getTime() - phase) / period) + 1) * period + phase);
}

function planRun(job: DemoJob, dueAt: Date): PlannedRun {
  const dice = diceFor(job.id, dueAt);
  // Schedulers wake up late and workers are busy. Spread over the minute, so that a fleet does not beat like a clock.
  const queuedAt = later(dueAt, 300 + 30_000 * dice());
  const startedAt = later(queuedAt, 800 + 9_000 * dice());
  const failed = dice() * 1_000 < job.failsPerMille;
  // What fails, mostly fails before its time.
  const share = failed ? 0.2 + 0.8 * dice() : 1;
  const endedAt = later(startedAt, 1_000 * job.usualSeconds * spread(dice) * share);
  return { jobId: job.id, dueAt, queuedAt, startedAt, endedAt, outcome: failed ? "failed" : "succeeded" };
}

/** Where a planned run stands; null before it exists. */
export function stateAt(run: PlannedRun, now: Date): RunState | null {
  if (now < run.queuedAt) return null;
  if (now < run.startedAt) return "queued";
  return now < run.endedAt ? "running" : run.outcome;
}

function later(moment: Date, milliseconds: number): Date {
  return new Date(Math.round(moment.getTime() + milliseconds));
}
