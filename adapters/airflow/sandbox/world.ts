/** What Airflow's users, its scheduler and its clock do behind our back. */
import { Cron } from "croner";
import type { OpenSandboxRun, PlayableWorld, SandboxRun, SandboxWorld } from "../../../src/adapter/sandbox.ts";
import { isTerminal, type RunState } from "../../../src/model/run-state.ts";
import { runIdOf } from "../ours.ts";
import { type DagTable, dagTable } from "./dag-table.ts";
import type { DagRow, RunRow } from "./rows.ts";
import { type RunTable, runTable } from "./run-table.ts";
import { type TaskRow, type TaskTable, taskTable } from "./tasks.ts";

export type AirflowJob = Parameters<SandboxWorld["addJob"]>[0] &
  Partial<Omit<DagRow, "dagId" | "schedule" | "paused" | "parsedAt">>;

export interface AirflowRunWords {
  readonly runType?: string;
  readonly triggeredBy?: string | null;
  readonly user?: string | null;
  readonly note?: string | null;
  /** Airflow's own word where ours has none: a state that a newer version invents. */
  readonly word?: string;
  readonly logicalDate?: Date | null;
}

export interface AirflowWorld extends PlayableWorld {
  addJob(job: AirflowJob): void;
  addRun(run: SandboxRun & AirflowRunWords): string;
  setRun(
    jobId: string,
    runId: string,
    change: Partial<Omit<SandboxRun, "jobId" | "runId">> & Pick<AirflowRunWords, "note" | "word">,
  ): void;
  /** The file is gone or broken: Airflow keeps the row and hides it. */
  changeJob(id: string, change: Partial<Omit<DagRow, "dagId">>): void;
  /** Instead of the one task that every run has by itself. */
  setTasks(jobId: string, runId: string, tasks: readonly AirflowTaskWords[]): void;
  addAsset(asset: Asset): void;
  /** A task of this run now waits for an answer. */
  addDecision(decision: Omit<Decision, "task" | "answer"> & { readonly task?: AirflowTaskWords }): void;
  answerDecision(jobId: string, runId: string, answer: string): void;
}

/** A dataset of 2.x, an asset of 3.x. */
export interface Asset {
  readonly uri: string;
  readonly producers: readonly { readonly dagId: string; readonly taskId: string }[];
  /** DAGs that are scheduled by it. */
  readonly consumers: readonly string[];
}

/** A task that waits for a person. */
export interface Decision {
  readonly jobId: string;
  readonly runId: string;
  readonly task: TaskRow;
  readonly subject: string;
  readonly body: string | null;
  readonly options: readonly string[];
  readonly asked: readonly string[];
  answer: string | null;
}

export type AirflowTaskWords = Partial<TaskRow> & Pick<TaskRow, "taskId">;

export interface Database {
  readonly dags: DagTable;
  readonly runs: RunTable;
  readonly tasks: TaskTable;
  readonly assets: Asset[];
  readonly decisions: Decision[];
  readonly requests: string[];
  now(): number;
}

export function database(now: () => Date): Database {
  return {
    dags: dagTable(),
    runs: runTable(),
    tasks: taskTable(),
    assets: [],
    decisions: [],
    requests: [],
    now: () => now().getTime(),
  };
}

/** Airflow has no word for a cancelled run: it is failed, and our note tells. Nor for waiting and skipped. */
const WORDS: Readonly<Record<RunState, string>> = {
  queued: "queued",
  running: "running",
  waiting: "running",
  succeeded: "success",
  failed: "failed",
  cancelled: "failed",
  skipped: "success",
  unknown: "restarting",
};

/** As if we had cancelled it: the line names the attempt, so that a later one is not taken for cancelled too. */
function cancelNoteAt(startDate: number | null): string {
  return `cancelled via Tutti (attempt of ${startDate === null ? "none" : new Date(startDate).toISOString()})`;
}

export function airflowWorld(db: Database): AirflowWorld {
  return {
    addJob: ({ id, schedule, paused, ...rest }) => db.dags.put(newDag(id, schedule ?? null, paused ?? false, rest, db)),
    changeJob: (id, change) => db.dags.put({ ...dagOf(db, id), ...change }),
    removeJob(id) {
      // `airflow dags delete` takes the history along.
      for (const run of db.runs.ofDag(id)) db.runs.remove(run);
      db.dags.remove(id);
    },

    addRun(run) {
      if (!db.dags.get(run.jobId)) db.dags.put(newDag(run.jobId, null, false, {}, db));
      return db.runs.insert(newRun(run, db)).runId;
    },
    setRun(jobId, runId, change) {
      const run = runOf(db, jobId, runId);
      db.tasks.forget(run);
      db.runs.update(run, { ...moved(run, change, db.now()), updatedAt: db.now() });
    },
    setTasks: (jobId, runId, tasks) => db.tasks.put(runOf(db, jobId, runId), tasks.map(newTask)),
    addAsset: (asset) => void db.assets.push(asset),
    addDecision: ({ task, ...decision }) =>
      void db.decisions.push({
        ...decision,
        task: newTask({ taskId: "approve", state: "deferred", tryNumber: 1, startDate: db.now(), ...task }),
        answer: null,
      }),
    answerDecision(jobId, runId, answer) {
      for (const decision of db.decisions)
        if (decision.jobId === jobId && decision.runId === runId) decision.answer = answer;
    },
    removeRun: (jobId, runId) => db.runs.remove(runOf(db, jobId, runId)),
    openRuns: () => [...db.runs.inState("queued"), ...db.runs.inState("running")].map((run) => openRun(run, db)),
    isPaused: (jobId) => db.dags.get(jobId)?.paused ?? false,

    startedWithKey: (key) =>
      db.runs
        .all()
        .filter((run) => run.runId === runIdOf(key))
        .map((run) => run.runId),
    get requests() {
      return db.requests;
    },
  };
}

/** The scheduler takes up nothing of a paused DAG; what it has begun it goes on with. */
function openRun(run: RunRow, db: Database): OpenSandboxRun {
  const { dagId: jobId, runId, queuedAt, startDate, updatedAt } = run;
  const state = run.state === "queued" ? "queued" : "running";
  const asked = db.decisions.some((one) => one.jobId === jobId && one.runId === runId && one.answer === null);
  const held = state === "queued" ? (db.dags.get(jobId)?.paused ?? false) : asked;
  const since = new Date((state === "queued" ? queuedAt : startDate) ?? updatedAt);
  return { jobId, runId, formerly: null, state, since, held };
}

function dagOf(db: Database, id: string): DagRow {
  const dag = db.dags.get(id);
  if (!dag) throw new Error(`the sandbox has no DAG ${id}`);
  return dag;
}

function runOf(db: Database, jobId: string, runId: string): RunRow {
  const run = db.runs.get(jobId, runId);
  if (!run) throw new Error(`the sandbox has no run ${runId} of ${jobId}`);
  return run;
}

function newTask(task: AirflowTaskWords): TaskRow {
  const usual = { mapIndex: -1, state: null, tryNumber: 0, startDate: null, endDate: null, teardown: false };
  return { ...usual, log: [`${task.taskId} began`], values: {}, ...task };
}

function newDag(dagId: string, schedule: string | null, paused: boolean, rest: Partial<DagRow>, db: Database): DagRow {
  return {
    dagId,
    displayName: dagId,
    description: null,
    schedule,
    interval: undefined,
    paused,
    stale: false,
    importError: null,
    subdag: false,
    owners: ["airflow"],
    tags: [],
    fileloc: `/opt/airflow/dags/${dagId}.py`,
    parsedAt: db.now(),
    ...rest,
  };
}

function newRun(run: SandboxRun & AirflowRunWords, db: Database): Omit<RunRow, "id"> {
  const now = db.now();
  const times = timesOf(run, now);
  const runType = run.runType ?? (db.dags.get(run.jobId)?.schedule ? "scheduled" : "manual");
  const runAfter = times.queuedAt ?? times.startDate ?? now;
  const logicalDate = run.logicalDate === undefined ? runAfter : (run.logicalDate?.getTime() ?? null);
  return {
    dagId: run.jobId,
    runId: run.runId ?? freeRunId(db, run.jobId, runType, runAfter),
    runType,
    triggeredBy: run.triggeredBy ?? (runType === "scheduled" ? "timetable" : "ui"),
    user: run.user ?? null,
    conf: run.parameters ?? {},
    logicalDate,
    runAfter,
    state: run.word ?? WORDS[run.state],
    note: run.note ?? (run.state === "cancelled" ? cancelNoteAt(times.startDate) : null),
    ...times,
    updatedAt: now,
  };
}

/** What is not told follows from the state, at the sandbox's clock. */
function timesOf(run: SandboxRun, now: number): Pick<RunRow, "queuedAt" | "startDate" | "endDate"> {
  const ended = isTerminal(run.state) ? (run.endedAt?.getTime() ?? (run.endedAt === null ? null : now)) : null;
  const started =
    run.startedAt?.getTime() ?? (run.startedAt === null || run.state === "queued" ? null : (ended ?? now));
  return {
    queuedAt: run.queuedAt?.getTime() ?? (run.queuedAt === null ? null : (started ?? now)),
    startDate: started,
    endDate: run.endedAt?.getTime() ?? ended,
  };
}

/** `scheduled__2026-01-01T00:00:00+00:00`, as Airflow names them; one more microsecond where that is taken. */
function freeRunId(db: Database, dagId: string, runType: string, at: number): string {
  const stem = `${runType}__${new Date(at).toISOString().slice(0, 19)}`;
  for (let micros = 0; ; micros++) {
    const runId = `${stem}${micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`}+00:00`;
    if (!db.runs.get(dagId, runId)) return runId;
  }
}

type RunChange = Parameters<AirflowWorld["setRun"]>[2];

function moved(run: RunRow, change: RunChange, now: number): Partial<RunRow> {
  const state = change.word ?? (change.state === undefined ? run.state : WORDS[change.state]);
  const times = movedTimes(run, state, change, now);
  const note = change.note ?? (change.state === "cancelled" ? cancelNoteAt(times.startDate) : run.note);
  return { state, note, ...times };
}

/** Clearing a finished run keeps its id, queues it anew, and takes its times away. */
function movedTimes(
  run: RunRow,
  state: string,
  change: RunChange,
  now: number,
): Pick<RunRow, "queuedAt" | "startDate" | "endDate"> {
  const cleared = isOver(run.state) && !isOver(state);
  const started = cleared ? null : run.startDate;
  return {
    queuedAt: given(change.queuedAt, cleared ? now : run.queuedAt),
    startDate: given(change.startedAt, state === "queued" ? started : (started ?? now)),
    endDate: given(change.endedAt, isOver(state) ? (run.endDate ?? now) : null),
  };
}

function given(time: Date | null | undefined, otherwise: number | null): number | null {
  return time === undefined ? otherwise : (time?.getTime() ?? null);
}

function isOver(word: string): boolean {
  return word === "success" || word === "failed";
}

/** Thousands of DAGs are listed again and again, and their next moments stay the same until they come. */
const nextRuns = new WeakMap<DagRow, number>();

/** When the scheduler would create the next run. Null where only an event can tell. */
export function nextRunOf(dag: DagRow, now: number): number | null {
  if (dag.paused || dag.stale || dag.schedule === null) return null;
  const known = nextRuns.get(dag);
  if (known !== undefined && known > now) return known;
  const next = computeNextRun(dag.schedule, now);
  if (next !== null) nextRuns.set(dag, next);
  return next;
}

function computeNextRun(schedule: string, now: number): number | null {
  try {
    return new Cron(schedule, { timezone: "UTC" }).nextRun(new Date(now))?.getTime() ?? null;
  } catch {
    return null;
  }
}
