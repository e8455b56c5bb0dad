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
export function givenRun(stage: Stage, run: Partial<SandboxRun> = {}): ForeignRunRef {
  const jobId = run.jobId ?? "job_000";
  const state = run.state ?? "running";
  const times = { queuedAt: stage.now(), ...timesOf(state, stage.now()), ...run };
  return { jobId, runId: stage.world.addRun({ ...times, jobId, state }) };
}

function timesOf(state: RunState, now: Date): Pick<SandboxRun, "startedAt" | "endedAt"> {
  return { startedAt: state === "queued" ? null : now, endedAt: isTerminal(state) ? now : null };
}

/** Runs of three jobs, a second apart, as many as fill three pages unless said otherwise. */
export function givenRuns(stage: Stage, states: readonly RunState[], count = stage.many): readonly ForeignRunRef[] {
  return Array.from({ length: count }, (_, at) => {
    stage.advance(1_000);
    return givenRun(stage, { jobId: `job_00${at % 3}`, state: states[at % states.length] ?? "running" });
  });
}

export function keysOf(refs: readonly ForeignRunRef[]): string[] {
  return refs.map(keyOf);
}
