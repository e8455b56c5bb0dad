/**
 * What an Airflow's users, its scheduler and its clock do, done to its database.
 *
 * No scheduler runs here, so a run stays what it is made, at the times it is given: the clock is the suite's own, and
 * Airflow only answers with what it finds. What Airflow cannot hold is thrown as beyond this world.
 */
import type { Client } from "pg";
import { BeyondThisWorld } from "../../../src/adapter/conformance/question.ts";
import type { World } from "../../../src/adapter/conformance/stage.ts";
import type { SandboxRun } from "../../../src/adapter/sandbox.ts";
import { isTerminal, type RunState } from "../../../src/model/run-state.ts";
import type { Api } from "../../../adapters/airflow/dialect.ts";

const WORDS: Readonly<Record<Exclude<RunState, "unknown">, string>> = {
  queued: "queued",
  running: "running",
  waiting: "running",
  succeeded: "success",
  failed: "failed",
  cancelled: "failed",
  skipped: "success",
};

const TEMPLATE = "job_000";

/** `{}`, as Python keeps it. */
const EMPTY_PICKLE = Buffer.from("80047d942e", "hex");

/** As the tables were when the DAGs had been read. 2.x does not tie the rest to the row of the DAG. */
const KEPT: Readonly<Record<Api, readonly string[]>> = {
  v1: ["dag"],
  v2: ["dag", "dag_version", "serialized_dag", "dag_code"],
};

export async function keepTables(database: Client, api: Api): Promise<void> {
  for (const table of KEPT[api]) await database.query(`create table if not exists kept_${table} as table ${table}`);
}

/** Three jobs, or so many, and no run. */
export async function resetTables(database: Client, api: Api, jobs: number): Promise<void> {
  await database.query("truncate dag_run cascade");
  await database.query("truncate dag cascade");
  for (const table of KEPT[api]) await database.query(`insert into ${table} select * from kept_${table}`);
  for (let at = 3; at < jobs; at += 1) await cloneJob(database, `job_${String(at).padStart(3, "0")}`, false);
}

async function cloneJob(database: Client, id: string, paused: boolean): Promise<void> {
  const change = JSON.stringify({ dag_id: id, dag_display_name: id, is_paused: paused });
  await database.query(
    `insert into dag select (jsonb_populate_record(dag, $2)).* from kept_dag as dag where dag_id = $1`,
    [TEMPLATE, change],
  );
}

interface Times {
  readonly queued: Date | null;
  readonly started: Date | null;
  readonly ended: Date | null;
}

interface Row {
  readonly state: string;
  readonly queued_at: Date | null;
  readonly start_date: Date | null;
  readonly end_date: Date | null;
}

export function databaseWorld(database: Client, api: Api, now: () => Date): World {
  let count = 0;

  async function insertRun(run: SandboxRun): Promise<string> {
    const state = wordOf(run.state);
    const times = timesOf(run, now());
    count += 1;
    const runId = run.runId ?? `manual__${now().toISOString()}_${count}`;
    const after = times.queued ?? times.started ?? now();
    const common = {
      dag_id: run.jobId,
      run_id: runId,
      run_type: "manual",
      state,
      queued_at: times.queued,
      start_date: times.started,
      end_date: times.ended,
      updated_at: now(),
    };
    // Two runs of a DAG may not have the same date.
    const unique = new Date(after.getTime() + count);
    if (api === "v1") await insert("dag_run", { ...common, execution_date: unique, external_trigger: true });
    else await insert("dag_run", { ...common, run_after: after, created_at: now(), ...(await version(run.jobId)) });
    await database.query(
      "update dag_run set log_template_id = (select max(id) from log_template) where dag_id = $1 and run_id = $2",
      [run.jobId, runId],
    );
    await insertTask(run.jobId, runId, state, times);
    return runId;
  }

  async function version(jobId: string): Promise<{ readonly created_dag_version_id: unknown }> {
    const { rows } = await database.query<{ readonly id: unknown }>("select id from dag_version where dag_id = $1", [
      jobId,
    ]);
    return { created_dag_version_id: rows[0]?.id ?? null };
  }

  async function insertTask(jobId: string, runId: string, state: string, times: Times): Promise<void> {
    const task = {
      dag_id: jobId,
      run_id: runId,
      task_id: "main",
      state: state === "queued" ? null : state,
      try_number: times.started === null ? 0 : 1,
      pool: "default_pool",
      pool_slots: 1,
      operator: "EmptyOperator",
      // 2.x answers 500 where one of these is missing.
      hostname: "",
      unixname: "airflow",
      executor_config: EMPTY_PICKLE,
      queue: "default",
      start_date: times.started,
      end_date: times.ended,
      updated_at: now(),
    };
    if (api === "v1") return insert("task_instance", task);
    const { created_dag_version_id: dag_version_id } = await version(jobId);
    return insert("task_instance", { ...task, id: crypto.randomUUID(), dag_version_id });
  }

  async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const names = Object.keys(row);
    const places = names.map((_, at) => `$${at + 1}`);
    await database.query(
      `insert into ${table} (${names.join(", ")}) values (${places.join(", ")})`,
      Object.values(row),
    );
  }

  return {
    addJob: ({ id, paused }) => cloneJob(database, id, paused ?? false),
    async removeJob(id) {
      await database.query("delete from dag_run where dag_id = $1", [id]);
      await database.query("delete from dag where dag_id = $1", [id]);
    },
    addRun: insertRun,

    async setRun(jobId, runId, change) {
      const { rows } = await database.query<Row>("select * from dag_run where dag_id = $1 and run_id = $2", [
        jobId,
        runId,
      ]);
      const [before] = rows;
      if (!before) throw new Error(`there is no run ${runId} of ${jobId}`);
      const state = change.state === undefined ? before.state : wordOf(change.state);
      const times = movedTimes(before, state, change, now());
      await database.query(
        `update dag_run set state = $3, queued_at = $4, start_date = $5, end_date = $6, updated_at = $7
         where dag_id = $1 and run_id = $2`,
        [jobId, runId, state, times.queued, times.started, times.ended, now()],
      );
      await database.query("delete from task_instance where dag_id = $1 and run_id = $2", [jobId, runId]);
      await insertTask(jobId, runId, state, times);
    },

    async removeRun(jobId, runId) {
      await database.query("delete from dag_run where dag_id = $1 and run_id = $2", [jobId, runId]);
    },

    async startedWithKey(key) {
      const { rows } = await database.query<{ readonly run_id: string }>(
        "select run_id from dag_run where run_id = $1",
        [`tutti__${key}`],
      );
      return rows.map((row) => row.run_id);
    },
    requests: [],
  };
}

function wordOf(state: RunState): string {
  if (state !== "unknown") return WORDS[state];
  throw new BeyondThisWorld("this Airflow itself cannot answer with a run in a state that it does not know");
}

/** What is not told follows from the state. */
function timesOf(run: SandboxRun, now: Date): Times {
  const ended = isTerminal(run.state) ? (run.endedAt === undefined ? now : run.endedAt) : null;
  const started = run.startedAt === undefined ? (run.state === "queued" ? null : (ended ?? now)) : run.startedAt;
  return { queued: run.queuedAt === undefined ? (started ?? now) : run.queuedAt, started, ended };
}

/** A run that is over and opens again is queued anew, without its times. */
function movedTimes(before: Row, state: string, change: Partial<SandboxRun>, now: Date): Times {
  const reopened = isOver(before.state) && !isOver(state);
  const usual = reopened ? (state === "queued" ? null : now) : before.start_date;
  return {
    queued: change.queuedAt === undefined ? (reopened ? now : before.queued_at) : change.queuedAt,
    started: change.startedAt === undefined ? usual : change.startedAt,
    ended: change.endedAt === undefined ? (isOver(state) ? (before.end_date ?? now) : null) : change.endedAt,
  };
}

function isOver(word: string): boolean {
  return word === "success" || word === "failed";
}
