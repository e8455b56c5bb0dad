/** Airflow 2.x: Connexion on Flask. Strict about parameters, `+00:00` in its times, problem+json when it refuses. */
import { coerce, gte } from "semver";
import type { Json } from "../../../src/model/json.ts";
import type { DagRow, RunRow } from "./rows.ts";
import { type List, Refusal, type Tongue } from "./tongue.ts";
import { nextRunOf } from "./world.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
};

const PROBLEMS = "https://airflow.apache.org/docs/apache-airflow/2.x/stable-rest-api-ref.html#section/Errors";

const TIME_RANGES = ["execution_date", "start_date", "end_date"].flatMap((time) => [`${time}_gte`, `${time}_lte`]);

export function tongueV1(version: string): Tongue {
  const from = (minimum: string) => gte(coerce(version) ?? minimum, minimum);
  const paging = ["limit", "offset"];
  const fields = from("2.9.0") ? ["fields"] : [];
  const updated = from("2.6.0") ? ["updated_at_gte", "updated_at_lte"] : [];
  const parameters: Readonly<Record<List, readonly string[]>> = {
    dags: [...paging, "order_by", "tags", "only_active", "paused", "dag_id_pattern", ...fields],
    dagRuns: [...paging, "order_by", "state", ...TIME_RANGES, ...updated, ...fields],
    taskInstances: [...paging, "state", ...TIME_RANGES, ...updated],
    importErrors: [...paging, "order_by"],
    dagStats: ["dag_ids"],
    xcomEntries: [...paging, ...(from("2.10.0") ? ["map_index", "xcom_key"] : [])],
    xcomEntry: ["map_index", "deserialize", ...(from("2.10.0") ? ["stringify"] : [])],
    assets: [...paging, "order_by", "uri_pattern", "dag_ids"],
    decisions: [],
  };

  function refuse(status: number, detail: string): Refusal {
    const title = TITLES[status] ?? "Error";
    const body = { detail, status, title, type: `${PROBLEMS}/${title.replaceAll(" ", "")}` };
    return new Refusal(status, body, "application/problem+json");
  }

  return {
    api: "v1",
    base: "/api/v1",
    usualLimit: 100,
    missingTimeIsNow: false,
    runOrders: "id state dag_id execution_date dag_run_id start_date end_date external_trigger conf".split(" "),
    states: ["queued", "running", "success", "failed"],
    parameters: (list) => new Set(parameters[list]),
    values: (given) => [given].flat().flatMap((text) => text.split(",")),
    dag: (dag, now) => dagBody(dag, now, from("2.9.0")),
    run: (run) => runBody(run, from("2.5.0")),
    refuse,
    invalid: (where, message) => refuse(400, `${message} - '${where.at(-1) ?? ""}'`),
    duplicate: (reason, run) =>
      refuse(
        409,
        reason === "date"
          ? `DAGRun with DAG ID: '${run.dagId}' and DAGRun logical date: '${print(run.logicalDate)}' already exists`
          : `DAGRun with DAG ID: '${run.dagId}' and DAGRun ID: '${run.runId}' already exists`,
      ),
  };
}

function dagBody(dag: DagRow, now: number, displayNames: boolean): object {
  const next = print(nextRunOf(dag, now));
  return {
    dag_id: dag.dagId,
    ...(displayNames ? { dag_display_name: dag.displayName } : {}),
    default_view: "grid",
    description: dag.description,
    file_token: "opaque",
    fileloc: dag.fileloc,
    has_import_errors: dag.importError !== null,
    has_task_concurrency_limits: false,
    is_active: !dag.stale,
    is_paused: dag.paused,
    is_subdag: dag.subdag,
    last_expired: null,
    last_parsed_time: print(dag.parsedAt),
    last_pickled: null,
    max_active_runs: 16,
    max_active_tasks: 16,
    next_dagrun: next,
    next_dagrun_create_after: next,
    next_dagrun_data_interval_end: next,
    next_dagrun_data_interval_start: next,
    owners: dag.owners,
    pickle_id: null,
    root_dag_id: null,
    schedule_interval: intervalOf(dag),
    scheduler_lock: null,
    tags: dag.tags.map((name) => ({ name })),
    timetable_description: dag.schedule === null ? "Never, external triggers only" : "",
  };
}

function intervalOf({ interval, schedule }: DagRow): Json {
  if (interval !== undefined) return interval;
  if (schedule === null) return null;
  return { __type: "CronExpression", value: schedule === "Asset" ? "Dataset" : schedule };
}

function runBody(run: RunRow, notes: boolean): object {
  const logicalDate = print(run.logicalDate ?? run.runAfter);
  return {
    conf: run.conf ?? {},
    dag_id: run.dagId,
    dag_run_id: run.runId,
    data_interval_end: logicalDate,
    data_interval_start: logicalDate,
    end_date: print(run.endDate),
    execution_date: logicalDate,
    external_trigger: run.runType === "manual",
    last_scheduling_decision: print(run.endDate ?? run.startDate),
    logical_date: logicalDate,
    ...(notes ? { note: run.note } : {}),
    run_type: run.runType === "asset_triggered" ? "dataset_triggered" : run.runType,
    start_date: print(run.startDate),
    state: run.state,
  };
}

function print(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString().replace("Z", "000+00:00");
}
