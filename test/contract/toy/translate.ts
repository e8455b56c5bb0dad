/** The only file that knows the Toy's words. */
import type { ForeignGate, ForeignJob, ForeignLink, ForeignRun } from "../../../src/model/foreign.ts";
import type { RunState } from "../../../src/model/run-state.ts";
import type { ToyEdge, ToyExecution, ToyQuestion, ToyTask } from "./rows.ts";

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

export function toGate({ execution, task, asks, since }: ToyQuestion, url: string): ForeignGate {
  return {
    jobId: task,
    runId: execution,
    // A Toy asks one question at a time.
    gateId: "question",
    title: asks,
    text: null,
    choices: ["go"],
    asked: [],
    since,
    url: `${url}/executions/${encodeURIComponent(execution)}`,
  };
}

/** An edge is both: one follows the other, and the file it hands over is data that other tools may know. */
export function toLinks({ from, to, file }: ToyEdge): ForeignLink[] {
  return [
    { kind: "job", upstream: from, downstream: to },
    { kind: "data", jobId: from, access: "writes", data: file },
    { kind: "data", jobId: to, access: "reads", data: file },
  ];
}
