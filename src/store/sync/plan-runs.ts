/** Decides what a page of sightings does to the runs we know. Pure. */
import type { ForeignRun } from "../../model/foreign.ts";
import { isTerminal } from "../../model/run-state.ts";
import { judgeSighting, type KnownRun } from "../../model/run-transition.ts";
import { Tally, type TallyMove } from "./tally.ts";

/** A run as we hold it, as far as a plan needs it. */
export interface HeldRun extends KnownRun {
  readonly id: number;
  readonly occurredAt: Date;
}

/** A sighting that says something new. */
export interface News {
  readonly run: ForeignRun;
  /** Null while we know the job only from this run. */
  readonly jobId: number | null;
  readonly held: HeldRun | null;
}

export interface RunWrite extends News {
  readonly verdict: "created" | "reopened" | "changed";
  readonly attempt: number;
  readonly occurredAt: Date;
}

export interface RunPlan {
  readonly writes: readonly RunWrite[];
  readonly moves: readonly TallyMove[];
  readonly outdated: number;
}

export function planRuns(news: readonly News[], readAt: Date): RunPlan {
  const tally = new Tally();
  const writes: RunWrite[] = [];
  for (const item of news) {
    const write = planRun(item, readAt);
    if (!write) continue;
    writes.push(write);
    tally.move(item.held, { state: write.run.state, endedAt: write.run.endedAt, occurredAt: write.occurredAt });
  }
  return { writes, moves: tally.moves(), outdated: news.length - writes.length };
}

function planRun(item: News, readAt: Date): RunWrite | null {
  const { run, jobId, held } = item;
  const verdict = judgeSighting(held, run, readAt);
  if (verdict === "outdated") return null;
  const attempt = (held?.attempt ?? 1) + (verdict === "reopened" ? 1 : 0);
  // A run without times stays where it was first seen, or it would wander along the time line with each poll.
  const firstSeen = verdict === "changed" && held ? held.occurredAt : readAt;
  return { run, jobId, held, verdict, attempt, occurredAt: whenOccurred(run) ?? firstSeen };
}

function whenOccurred(run: ForeignRun): Date | null {
  return run.startedAt ?? run.queuedAt;
}

/** Runs that the plan brings to an end, for those who count outcomes. */
export function endedBy(plan: RunPlan): ForeignRun[] {
  return plan.writes.filter((write) => hasJustEnded(write)).map((write) => write.run);
}

function hasJustEnded({ run, held, verdict }: RunWrite): boolean {
  if (!isTerminal(run.state)) return false;
  return verdict !== "changed" || held === null || !isTerminal(held.state);
}
