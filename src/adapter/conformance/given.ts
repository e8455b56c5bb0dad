/** What happened at the remote before the question is asked. */
import type { ForeignRunRef } from "../../model/foreign.ts";
import type { RunState } from "../../model/run-state.ts";
import { isTerminal } from "../../model/run-state.ts";
import type { SandboxRun } from "../sandbox.ts";
import { keyOf } from "./reading.ts";
import type { Stage } from "./stage.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** One run, begun now by the remote's clock unless said otherwise. */
export async function givenRun(stage: Stage, run: Partial<SandboxRun> = {}): Promise<ForeignRunRef> {
  const jobId = run.jobId ?? "job_000";
  const state = run.state ?? "running";
  const times = { queuedAt: stage.now(), ...timesOf(state, stage.now()), ...run };
  return { jobId, runId: await stage.world.addRun({ ...times, jobId, state }) };
}

function timesOf(state: RunState, now: Date): Pick<SandboxRun, "startedAt" | "endedAt"> {
  return { startedAt: state === "queued" ? null : now, endedAt: isTerminal(state) ? now : null };
}

/** Runs of three jobs, a second apart, as many as fill three pages unless said otherwise. */
export async function givenRuns(
  stage: Stage,
  states: readonly RunState[],
  count = stage.many,
): Promise<readonly ForeignRunRef[]> {
  const refs: ForeignRunRef[] = [];
  for (let at = 0; at < count; at += 1) {
    stage.advance(1_000);
    refs.push(await givenRun(stage, { jobId: `job_00${at % 3}`, state: states[at % states.length] ?? "running" }));
  }
  return refs;
}

/** One after the other, as the remote would see them begin. */
export async function givenEach(stage: Stage, runs: readonly Partial<SandboxRun>[]): Promise<readonly ForeignRunRef[]> {
  const refs: ForeignRunRef[] = [];
  for (const run of runs) refs.push(await givenRun(stage, run));
  return refs;
}

export function keysOf(refs: readonly ForeignRunRef[]): string[] {
  return refs.map(keyOf);
}
