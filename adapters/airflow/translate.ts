/** The only file that turns Airflow's words into ours. */
import type { Cause, ForeignJob, ForeignRun } from "../../src/model/foreign.ts";
import type { Json } from "../../src/model/json.ts";
import type { NativeState, RunState } from "../../src/model/run-state.ts";
import type { Api } from "./dialect.ts";
import type { Talk } from "./session.ts";
import { keyOf, weCancelled } from "./ours.ts";
import type { AirflowDag, AirflowRun } from "./rows.ts";
import { toSchedule } from "./schedule.ts";
import { toDate } from "./time.ts";

/** Where this Airflow's pages are. */
export interface Site {
  readonly root: string;
  readonly api: Api;
}

export function siteOf({ root, dialect }: Talk): Site {
  return { root, api: dialect.api };
}

const STATES: Readonly<Record<string, RunState>> = {
  queued: "queued",
  running: "running",
  success: "succeeded",
  failed: "failed",
};

/** Room for every honest `conf`; what is larger is data that somebody pushed through it. */
const CONF_BYTES = 64 * 1024;
const CONF_HEAD = 1024;

export function toJob(dag: AirflowDag, site: Site, importError: string | null): ForeignJob {
  return {
    id: dag.dag_id,
    name: dag.dag_display_name || dag.dag_id,
    path: [],
    description: dag.description || null,
    schedule: toSchedule(dag),
    paused: dag.is_paused ?? false,
    owner: dag.owners.join(", ") || null,
    tags: (dag.tags ?? []).map((tag) => tag.name),
    url: jobUrl(site, dag.dag_id),
    capabilities: null,
    // Airflow refuses a second run with the same id, so every DAG can be started exactly once under a key.
    handOff: "keyed",
    problem: problemOf(dag, importError),
  };
}

/** Stale first: Airflow keeps the last good row of a DAG that is gone or broken, and would never run it. */
function problemOf(dag: AirflowDag, importError: string | null): string | null {
  const error = importError ?? (dag.has_import_errors ? "see the import errors in Airflow" : null);
  const reason = error === null ? null : `import error: ${error}`;
  if (isStale(dag)) return reason === null ? "no longer parsed" : `no longer parsed; ${reason}`;
  return reason;
}

function isStale(dag: AirflowDag): boolean {
  return dag.is_stale ?? dag.is_active === false;
}

export function toRun(run: AirflowRun, site: Site): ForeignRun {
  return {
    jobId: run.dag_id,
    runId: run.dag_run_id,
    formerly: null,
    ...toState(run),
    cause: toCause(run),
    parameters: bounded(run.conf ?? null),
    // Why a run failed stands with its tasks, never with the run.
    error: null,
    queuedAt: toDate(run.queued_at),
    startedAt: toDate(run.start_date),
    endedAt: toDate(run.end_date),
    url: runUrl(site, run.dag_id, run.dag_run_id),
  };
}

/** Airflow calls a run over that may be cleared and begin again. */
export function isOver({ state }: Pick<AirflowRun, "state">): boolean {
  return state === "success" || state === "failed";
}

export function toState(run: Pick<AirflowRun, "state" | "note" | "queued_at" | "start_date">): {
  readonly state: RunState;
  readonly native: NativeState;
} {
  const word = run.state || "none";
  const ours = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  // A word of a newer Airflow must not stop the sync, and must not be guessed at either.
  if (ours === undefined) return { state: "unknown", native: { word, rule: "no-rule" } };
  if (ours === "failed" && weCancelled(run)) {
    return { state: "cancelled", native: { word, rule: "run.failed.our-note" } };
  }
  return { state: ours, native: { word, rule: `run.${word}` } };
}

const CAUSE_OF_TYPE: Readonly<Record<string, Cause["kind"]>> = {
  scheduled: "schedule",
  backfill: "backfill",
  dataset_triggered: "trigger",
  asset_triggered: "trigger",
  asset_materialization: "manual",
  manual: "manual",
};

/** Who pressed the button of a manual run; 3.x tells. An operator is another DAG. */
const CAUSE_OF_TRIGGER: Readonly<Record<string, Cause["kind"]>> = {
  operator: "trigger",
  asset: "trigger",
  timetable: "schedule",
  backfill: "backfill",
};

export function toCause(run: AirflowRun): Cause {
  const key = keyOf(run.dag_run_id);
  const by = run.triggering_user_name || null;
  if (key !== null) return { kind: "us", by, key };
  return { kind: causeKind(run), by, key: null };
}

function causeKind(run: AirflowRun): Cause["kind"] {
  const type = run.run_type ?? "";
  const kind = Object.hasOwn(CAUSE_OF_TYPE, type) ? CAUSE_OF_TYPE[type] : undefined;
  if (kind === "manual") return CAUSE_OF_TRIGGER[run.triggered_by ?? ""] ?? "manual";
  // A type we do not know yet: 2.x at least tells whether something outside asked for it.
  return kind ?? (run.external_trigger === true ? "manual" : "unknown");
}

/** Kept whole or replaced by its size and its beginning: half a parameter would be a wrong one. */
function bounded(conf: Json): Json {
  if (conf === null) return null;
  const text = JSON.stringify(conf);
  const bytes = Buffer.byteLength(text);
  if (bytes <= CONF_BYTES) return conf;
  return { "left out": `${bytes} bytes`, "begins with": text.slice(0, CONF_HEAD) };
}

export function jobUrl({ root, api }: Site, dagId: string): string {
  const page = `${root}/dags/${encodeURIComponent(dagId)}`;
  return api === "v1" ? `${page}/grid` : page;
}

export function runUrl(site: Site, dagId: string, runId: string): string {
  const id = encodeURIComponent(runId);
  return site.api === "v1" ? `${jobUrl(site, dagId)}?dag_run_id=${id}` : `${jobUrl(site, dagId)}/runs/${id}`;
}
