/** Plays the jobs' plans into a sandbox: what lies in the past at once, the rest as its time comes. */
import type { SandboxWorld } from "../../adapter/sandbox.ts";
import { isTerminal, type RunState } from "../../model/run-state.ts";
import type { DemoJob } from "./fleet.ts";
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

export function createPlayer(jobs: readonly DemoJob[], origin: Date, world: () => SandboxWorld): Player {
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

  return {
    now: () => moment,
    play(now) {
      open.push(...jobs.flatMap((job) => plan(job, now)));
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

function show(world: SandboxWorld, { run, state }: Move): void {
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
