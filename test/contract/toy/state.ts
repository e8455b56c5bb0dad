/** What a Toy remembers: its tasks, its executions, and when each of them last changed. */
import type { SandboxRun } from "../../../src/adapter/sandbox.ts";
import type { Json } from "../../../src/model/json.ts";
import { isTerminal, type RunState } from "../../../src/model/run-state.ts";

export interface Task {
  readonly name: string;
  readonly cron: string | null;
  enabled: boolean;
}

export interface Execution {
  readonly id: string;
  readonly task: string;
  readonly key: string | null;
  readonly arguments: Json;
  /** The key under which it was last done again. */
  again?: string;
  state: string;
  queued_at: Date | null;
  started_at: Date | null;
  ended_at: Date | null;
  changed_at: Date;
}

/** `unknown` stands for a word that a newer Toy has invented. */
const WORDS: Readonly<Record<RunState, string>> = {
  queued: "lined-up",
  running: "busy",
  waiting: "asleep",
  succeeded: "ok",
  failed: "broken",
  cancelled: "stopped",
  skipped: "left-out",
  unknown: "dreaming",
};

export const ENDED_WORDS: readonly string[] = ["ok", "broken", "stopped", "left-out"];

export type ToyState = ReturnType<typeof createState>;

export function createState(now: () => Date) {
  const tasks = new Map<string, Task>();
  const executions = new Map<string, Execution>();

  return {
    now,
    tasks,
    executions,

    addTask(name: string, cron: string | null, enabled: boolean): void {
      tasks.set(name, { name, cron, enabled });
    },

    addExecution(run: SandboxRun, key: string | null = null): Execution {
      const ended = isTerminal(run.state);
      const execution: Execution = {
        id: run.runId ?? `execution-${String(executions.size + 1).padStart(6, "0")}`,
        task: run.jobId,
        key,
        arguments: run.parameters ?? {},
        state: WORDS[run.state],
        queued_at: run.queuedAt === undefined ? now() : run.queuedAt,
        started_at: run.startedAt === undefined ? (run.state === "queued" ? null : now()) : run.startedAt,
        ended_at: run.endedAt === undefined ? (ended ? now() : null) : run.endedAt,
        changed_at: now(),
      };
      executions.set(execution.id, execution);
      return execution;
    },

    change(id: string, to: Partial<SandboxRun>): void {
      const execution = executions.get(id);
      if (!execution) return;
      if (to.state) {
        execution.state = WORDS[to.state];
        execution.ended_at = isTerminal(to.state) ? now() : null;
      }
      if (to.startedAt !== undefined) execution.started_at = to.startedAt;
      if (to.endedAt !== undefined) execution.ended_at = to.endedAt;
      execution.changed_at = now();
    },
  };
}
