/**
 * Runs that people began, or had done again: no plan knows of them, and they must go on all the same. What is next for
 * one is read off the tool alone, so nothing is remembered here, and what is cancelled or taken away is simply not there.
 */
import type { OpenSandboxRun } from "../../adapter/sandbox.ts";
import { diceFor } from "./chance.ts";

export type Step = "running" | "succeeded" | "failed";

/** Somebody is watching: a worker comes soon, and nobody waits for as long as the job takes at night. */
const QUEUED_MS = { least: 1_000, more: 1_000 };
const RUNNING_MS = { least: 10_000, more: 8_000 };

/** What becomes of it now; null while nothing does. */
export function nextStep(run: OpenSandboxRun, failsPerMille: number, now: Date): Step | null {
  if (run.held) return null;
  // With the moment in its name, or what failed once would fail again whenever it is retried within the minute.
  const dice = diceFor(`${run.jobId} ${run.runId} ${run.since.toISOString()}`, run.since);
  const isOver = now.getTime() - run.since.getTime() >= within(run.state === "queued" ? QUEUED_MS : RUNNING_MS, dice());
  if (!isOver) return null;
  if (run.state === "queued") return "running";
  return dice() * 1_000 < failsPerMille ? "failed" : "succeeded";
}

function within({ least, more }: typeof QUEUED_MS, share: number): number {
  return least + more * share;
}
