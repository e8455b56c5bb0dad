/** The only file that knows the Toy's words. */
import type { ForeignJob, ForeignRun } from "../../../src/model/foreign.ts";
import type { RunState } from "../../../src/model/run-state.ts";
import type { ToyExecution, ToyTask } from "./rows.ts";

const STATES: ReadonlyMap<string, RunState> = new Map([
  ["lined-up", "queued"],
  ["busy", "running"],
  ["asleep", "waiting"],
  ["ok", "succeeded"],
  ["broken", "failed"],
  ["stopped", "cancelled"],
  ["left-out", "skipped"],
]);

export function toJob(task: ToyTask, url: string): ForeignJob {
  return {
    id: task.name,
    name: task.name,
    path: [],
    description: null,
    schedule:
      task.cron === null
        ? null
        : { expression: task.cron, dialect: "debian", timezone: "UTC", text: null, nextAt: null },
    paused: !task.enabled,
    owner: null,
    tags: [],
    url: `${url}/tasks/${encodeURIComponent(task.name)}`,
    capabilities: null,
    handOff: "keyed",
    problem: null,
  };
}

export function toRun(execution: ToyExecution, url: string): ForeignRun {
  const state = STATES.get(execution.state);
  return {
    jobId: execution.task,
    runId: execution.id,
    formerly: null,
    // A word invented by a newer Toy must not stop the sync; it is shown and counted.
    state: state ?? "unknown",
    native: { word: execution.state, rule: state ? `execution.${execution.state}` : "no-rule" },
    cause: { kind: execution.key === null ? "schedule" : "us", by: null, key: execution.key },
    parameters: execution.arguments,
    error: state === "failed" ? { kind: "failed", message: "the Toy gives no reason" } : null,
    queuedAt: execution.queued_at,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    url: `${url}/executions/${encodeURIComponent(execution.id)}`,
  };
}
