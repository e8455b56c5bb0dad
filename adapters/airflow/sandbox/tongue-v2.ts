/** Airflow 3.x: FastAPI. Blind to parameters it does not know, `Z` in its times, `{"detail": …}` when it refuses. */
import { coerce, gte } from "semver";
import type { DagRow, RunRow } from "./rows.ts";
import { Refusal, type Tongue } from "./tongue.ts";
import { nextRunOf } from "./world.ts";

interface Gates {
  /** 3.1: display names on runs and tags, durations, who pressed the button. */
  readonly v31: boolean;
  /** 3.2: partitions and allowed run types. */
  readonly v32: boolean;
}

export function tongueV2(version: string): Tongue {
  const from = (minimum: string) => gte(coerce(version) ?? minimum, minimum);
  const gates = { v31: from("3.1.0"), v32: from("3.2.0") };
  const refuse = (status: number, detail: string | object) => new Refusal(status, { detail });

  return {
    api: "v2",
    base: "/api/v2",
    usualLimit: 50,
    missingTimeIsNow: true,
    runOrders:
      "id state dag_id run_id dag_run_id logical_date run_after start_date end_date updated_at conf duration".split(
        " ",
      ),
    states: ["queued", "running", "success", "failed"],
    parameters: () => null,
    values: (given) => [given].flat(),
    dag: (dag, now) => dagBody(dag, now, gates),
    run: (run, dag) => runBody(run, dag, gates),
    refuse,
    invalid: (where, message) => new Refusal(422, { detail: [{ loc: where, msg: message, type: "value_error" }] }),
    duplicate: (_, run) =>
      refuse(409, {
        reason: "Unique constraint violation",
        statement: "hidden",
        orig_error: "hidden",
        message: `Request id ${run.id}`,
      }),
  };
}

function dagBody(dag: DagRow, now: number, { v31, v32 }: Gates): object {
  const next = print(nextRunOf(dag, now));
  return {
    bundle_name: "dags-folder",
    bundle_version: null,
    dag_display_name: dag.displayName,
    dag_id: dag.dagId,
    description: dag.description,
    file_token: "opaque",
    fileloc: dag.fileloc,
    has_import_errors: dag.importError !== null,
    has_task_concurrency_limits: false,
    is_paused: dag.paused,
    is_stale: dag.stale,
    last_expired: null,
    ...(v31 ? { last_parse_duration: 0.05 } : {}),
    last_parsed_time: print(dag.parsedAt),
    max_active_runs: 16,
    max_active_tasks: 16,
    max_consecutive_failed_dag_runs: 0,
    next_dagrun_data_interval_end: next,
    next_dagrun_data_interval_start: next,
    next_dagrun_logical_date: next,
    next_dagrun_run_after: next,
    owners: dag.owners,
    relative_fileloc: dag.fileloc.slice(dag.fileloc.lastIndexOf("/") + 1),
    tags: dag.tags.map((name) => ({
      name,
      dag_id: dag.dagId,
      ...(v31 ? { dag_display_name: dag.displayName } : {}),
    })),
    timetable_description: dag.schedule === null ? "Never, external triggers only" : "",
    ...(v32 ? { timetable_partitioned: false, allowed_run_types: null } : {}),
    timetable_summary: dag.schedule ?? "None",
  };
}

function runBody(run: RunRow, dag: DagRow | null, { v31, v32 }: Gates): object {
  const logicalDate = print(run.logicalDate);
  const duration = run.startDate !== null && run.endDate !== null ? (run.endDate - run.startDate) / 1_000 : null;
  return {
    bundle_version: null,
    // Empty is `{}` in 3.0 and null from 3.1 on.
    conf: v31 && isEmpty(run.conf) ? null : run.conf,
    dag_id: run.dagId,
    dag_run_id: run.runId,
    dag_versions: [],
    data_interval_end: logicalDate,
    data_interval_start: logicalDate,
    end_date: print(run.endDate),
    last_scheduling_decision: print(run.endDate ?? run.startDate),
    logical_date: logicalDate,
    note: run.note,
    queued_at: print(run.queuedAt),
    run_after: print(run.runAfter),
    run_type: run.runType,
    start_date: print(run.startDate),
    state: run.state,
    triggered_by: run.triggeredBy,
    ...(v31 ? { dag_display_name: dag?.displayName ?? run.dagId, duration, triggering_user_name: run.user } : {}),
    ...(v32 ? { partition_key: null } : {}),
  };
}

function isEmpty(conf: RunRow["conf"]): boolean {
  return conf === null || (typeof conf === "object" && Object.keys(conf).length === 0);
}

function print(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString().replace("Z", "000Z");
}
