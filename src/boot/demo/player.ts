/**
 * Plays the jobs' plans into a sandbox: what lies in the past at once, the rest as its time comes. People act on it too,
 * so the tool is looked at first: what is over there is left alone, and what nobody planned is moved on as well.
 */
import type { OpenSandboxRun, PlayableWorld } from "../../adapter/sandbox.ts";
import { isTerminal, type RunState } from "../../model/run-state.ts";
import type { DemoJob } from "./fleet.ts";
import { nextStep } from "./guests.ts";
import { type PlannedRun, plannedRuns, spanOf, stateAt } from "./history.ts";

export interface Player {
  /** Brings the sandbox to `now`. Called again with a later moment it moves on. */
  play(now: Date): void;
  /** The sandbox's clock: the tool must believe that it saw the past when it happened, not all of it at our start. */
  now(): Date | null;
}

interface OpenRun {
  readonly plan: PlannedRun;
  /** Null until the tool shows it. */
  runId: string | null;
  state: RunState | null;
}

interface Move {
  readonly run: OpenRun;
  readonly state: RunState;
  /** When the tool would have noticed. */
  readonly at: Date;
}

export function createPlayer(jobs: readonly DemoJob[], origin: Date, world: () => PlayableWorld): Player {
  const reached = new Map(jobs.map((job) => [job, spanOf(job, origin).from]));
  let open: OpenRun[] = [];
  let moment: Date | null = null;

  function plan(job: DemoJob, now: Date): OpenRun[] {
    const { to } = spanOf(job, origin);
    const until = to !== null && to < now ? to : now;
    const from = reached.get(job) ?? until;
    if (minuteOf(from) >= minuteOf(until)) return [];
    reached.set(job, until);
    return plannedRuns(job, from, until).map((planned) => ({ plan: planned, runId: null, state: null }));
  }

  /** What is due while a job is paused is not made up for afterwards. */
  function duePlans(job: DemoJob, now: Date): OpenRun[] {
    const due = plan(job, now);
    return world().isPaused(job.id) ? [] : due;
  }

  function moveGuests(there: readonly OpenSandboxRun[], now: Date): void {
    const planned = new Set(open.map(nameOfPlanned));
    for (const run of there) {
      if (namesOf(run).some((name) => planned.has(name))) continue;
      const habit = jobs.find(({ id }) => id === run.jobId)?.failsPerMille ?? 0;
      const state = nextStep(run, habit, now);
      if (state !== null) world().setRun(run.jobId, run.runId, { state });
    }
  }

  return {
    now: () => moment,
    play(now) {
      const there = world().openRuns();
      open = stillPlanned(open, there);
      moveGuests(there, now);
      open.push(...jobs.flatMap((job) => duePlans(job, now)));
      const moves = open.flatMap((run) => moveOf(run, now) ?? []);
      for (const move of moves.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
        moment = move.at;
        show(world(), move);
      }
      moment = null;
      open = open.filter(({ state }) => state === null || !isTerminal(state));
    },
  };
}

/** Without what somebody ended or took away, and what is held up: once it may go on, it does so like any other. */
function stillPlanned(open: readonly OpenRun[], there: readonly OpenSandboxRun[]): OpenRun[] {
  const going = new Set(there.filter(({ held }) => !held).flatMap(namesOf));
  return open.filter((run) => run.runId === null || going.has(nameOfPlanned(run)));
}

function namesOf({ jobId, runId, formerly }: OpenSandboxRun): string[] {
  return [runId, ...(formerly === null ? [] : [formerly])].map((id) => `${jobId} ${id}`);
}

function nameOfPlanned({ plan, runId }: OpenRun): string {
  return `${plan.jobId} ${runId}`;
}

/** Schedules are due at whole minutes. To ask calendars each second was most of what an idle demo allocated. */
function minuteOf(moment: Date): number {
  return Math.floor(moment.getTime() / 60_000);
}

function moveOf(run: OpenRun, now: Date): Move | null {
  const { queuedAt, startedAt, endedAt } = run.plan;
  const state = stateAt(run.plan, now);
  if (state === null || state === run.state) return null;
  return { run, state, at: state === "queued" ? queuedAt : state === "running" ? startedAt : endedAt };
}

function show(world: PlayableWorld, { run, state }: Move): void {
  const { jobId, dueAt, queuedAt, startedAt, endedAt } = run.plan;
  const times = {
    queuedAt,
    startedAt: state === "queued" ? null : startedAt,
    endedAt: isTerminal(state) ? endedAt : null,
  };
  // By the moment it was due: the one name that stays the same over restarts.
  const runId = `scheduled__${dueAt.toISOString().replace(".000Z", "+00:00")}`;
  if (run.runId === null) run.runId = world.addRun({ jobId, runId, state, ...times });
  else world.setRun(jobId, run.runId, { state, ...times });
  run.state = state;
}
