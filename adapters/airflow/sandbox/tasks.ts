/** Task instances of the sandbox: told by a test, or read off the run, which then has one task that does what the run does. */
import type { Json } from "../../../src/model/json.ts";
import type { RunRow } from "./rows.ts";

export interface TaskRow {
  readonly taskId: string;
  /** -1 where it is not mapped. */
  readonly mapIndex: number;
  /** Airflow's word; null for a task that the scheduler has not looked at. */
  readonly state: string | null;
  readonly tryNumber: number;
  readonly startDate: number | null;
  readonly endDate: number | null;
  /** It cleans up, and runs even when the run is cancelled. */
  readonly teardown: boolean;
  readonly log: readonly string[];
  readonly values: Readonly<Record<string, Json>>;
}

export interface TaskTable {
  of(run: RunRow): readonly TaskRow[];
  put(run: RunRow, tasks: readonly TaskRow[]): void;
  /** The run's tasks follow the run again. */
  forget(run: RunRow): void;
}

export function taskTable(): TaskTable {
  const told = new Map<number, readonly TaskRow[]>();
  return {
    of: (run) => told.get(run.id) ?? [mainTask(run)],
    put: (run, tasks) => void told.set(run.id, tasks),
    forget: (run) => void told.delete(run.id),
  };
}

/** A queued run has tasks without a state. */
function mainTask(run: RunRow): TaskRow {
  const begun = run.startDate !== null;
  return {
    taskId: "main",
    mapIndex: -1,
    state: run.state === "queued" ? null : run.state === "restarting" ? "running" : run.state,
    tryNumber: begun ? 1 : 0,
    startDate: run.startDate,
    endDate: run.endDate,
    teardown: false,
    log: [`main of ${run.runId} began`, ...(run.endDate === null ? [] : [`main ended as ${run.state}`])],
    values: run.state === "success" ? { return_value: { rows: 3 } } : {},
  };
}

const RUNNING = new Set(["running", "deferred", "up_for_reschedule"]);
const FINISHED = new Set(["success", "failed", "skipped", "upstream_failed", "removed"]);

/** Setting a run failed: what runs is failed, what waits is skipped, what cleans up is left alone. */
export function failTasks(tasks: readonly TaskRow[], now: number): readonly TaskRow[] {
  return tasks.map((task) => {
    if (task.teardown || FINISHED.has(task.state ?? "")) return task;
    return { ...task, state: RUNNING.has(task.state ?? "") ? "failed" : "skipped", endDate: now };
  });
}

/** As long as something has to be cleaned up, the run is not over. */
export function cleansUp(tasks: readonly TaskRow[]): boolean {
  return tasks.some((task) => task.teardown && !FINISHED.has(task.state ?? ""));
}

export interface ClearForm {
  readonly onlyFailed: boolean;
  readonly taskIds: ReadonlySet<string> | null;
}

export function isCleared(task: TaskRow, { onlyFailed, taskIds }: ClearForm): boolean {
  if (taskIds !== null && !taskIds.has(task.taskId)) return false;
  return !onlyFailed || task.state === "failed" || task.state === "upstream_failed";
}
