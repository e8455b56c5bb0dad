/** A task instance as the two APIs print it. */
import { createHash } from "node:crypto";
import type { RunRow } from "./rows.ts";
import type { Server } from "./server.ts";
import type { TaskRow } from "./tasks.ts";

export function taskBody(task: TaskRow, run: RunRow, server: Server): object {
  return server.tongue.api === "v1" ? bodyOfV1(task, run, server) : bodyOfV2(task, run, server);
}

/** What 2.x says of a task that it cleared. */
export function taskReference(task: TaskRow, run: RunRow): object {
  const at = new Date(run.logicalDate ?? run.runAfter).toISOString();
  return { dag_id: run.dagId, dag_run_id: run.runId, execution_date: at, task_id: task.taskId };
}

function common(task: TaskRow, run: RunRow, print: (time: number | null) => string | null) {
  const duration = task.startDate !== null && task.endDate !== null ? (task.endDate - task.startDate) / 1_000 : null;
  return {
    dag_id: run.dagId,
    dag_run_id: run.runId,
    duration,
    end_date: print(task.endDate),
    executor_config: "{}",
    hostname: "worker-1",
    map_index: task.mapIndex,
    max_tries: 0,
    note: null,
    operator: "PythonOperator",
    pid: null,
    pool: "default_pool",
    pool_slots: 1,
    priority_weight: 1,
    queue: "default",
    queued_when: null,
    rendered_fields: {},
    rendered_map_index: null,
    start_date: print(task.startDate),
    state: task.state,
    task_id: task.taskId,
    try_number: task.tryNumber,
    unixname: "airflow",
  };
}

function bodyOfV1(task: TaskRow, run: RunRow, { version }: Server): object {
  const print = (time: number | null) =>
    time === null ? null : `${new Date(time).toISOString().slice(0, -1)}000+00:00`;
  return {
    ...common(task, run, print),
    execution_date: print(run.logicalDate ?? run.runAfter),
    ...(version.startsWith("2.10") ? { executor: null } : {}),
    sla_miss: null,
    task_display_name: task.taskId,
    trigger: null,
    triggerer_job: null,
  };
}

function bodyOfV2(task: TaskRow, run: RunRow, { version, db }: Server): object {
  const print = (time: number | null) => (time === null ? null : `${new Date(time).toISOString().slice(0, -1)}000Z`);
  return {
    ...common(task, run, print),
    id: uuidOf(`${run.dagId}/${run.runId}/${task.taskId}/${task.mapIndex}/${task.tryNumber}`),
    dag_version: null,
    executor: null,
    logical_date: print(run.logicalDate),
    run_after: print(run.runAfter),
    scheduled_when: null,
    task_display_name: task.taskId,
    trigger: null,
    triggerer_job: null,
    ...(version.startsWith("3.0.")
      ? {}
      : { dag_display_name: db.dags.get(run.dagId)?.displayName ?? run.dagId, operator_name: "PythonOperator" }),
  };
}

/** The same for the same row, whenever it is asked for. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
