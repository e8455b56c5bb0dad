/** A reader over a few rows in memory that counts what it is asked, for tests of everything above the store. */
import type { Reader } from "../../src/store/read/reader.ts";
import type { RowKey } from "../../src/store/read/row-key.ts";
import type { AttemptView, DependencyView, GateView, JobView, RunView, SourceView } from "../../src/model/view.ts";

export interface FakeWorld {
  readonly sources: SourceView[];
  readonly jobs: JobView[];
  readonly runs: RunView[];
  readonly attempts: Map<number, AttemptView[]>;
  readonly gates: GateView[];
  readonly dependencies: DependencyView[];
  /** Names of the reading queries asked so far, in order. */
  readonly asked: string[];
}

export interface FakeReader extends Reader {
  readonly world: FakeWorld;
}

export function fakeReader(world: Partial<FakeWorld> = {}): FakeReader {
  const whole: FakeWorld = {
    sources: [],
    jobs: [],
    runs: [],
    attempts: new Map(),
    gates: [],
    dependencies: [],
    asked: [],
    ...world,
  };
  const { sources, jobs, runs, attempts, gates, dependencies, asked } = whole;
  const isOne = (row: RowKey) => (key: RowKey) => key.sourceId === row.sourceId && key.id === row.id;
  const withSource = (job: JobView): JobView => {
    const source = sources.find(({ id }) => id === job.sourceId);
    return source ? { ...job, source } : job;
  };
  const joined = (run: RunView, { withJob, withSource: deep }: { withJob: boolean; withSource: boolean }): RunView => {
    const job = withJob ? jobs.find(isOne({ sourceId: run.sourceId, id: run.jobId })) : undefined;
    return job ? { ...run, job: deep ? withSource(job) : job } : run;
  };
  const log = <T>(name: string, answer: T): Promise<T> => {
    asked.push(name);
    return Promise.resolve(answer);
  };

  return {
    world: whole,
    listRuns: (question) => {
      const { filter = {}, order, first, after } = question;
      const direction = order === "started-asc" ? 1 : -1;
      const found = runs
        .filter((run) => !filter.state || filter.state.includes(run.state))
        .toSorted((a, b) => direction * (compare(a.occurredAt, b.occurredAt) || a.id - b.id))
        .filter((run) => !after || direction * (compare(run.occurredAt, after.at) || run.id - after.id) > 0);
      const items = found.slice(0, first).map((run) => joined(run, question));
      return log("listRuns", { items, hasMore: found.length > first });
    },
    runById: (key, edges) => {
      const run = runs.find(isOne(key));
      return log("runById", run ? joined(run, edges) : null);
    },
    runsByIds: (keys) => {
      const wanted = new Set(keys.map(({ sourceId, id }) => `${sourceId}:${id}`));
      return log(
        "runsByIds",
        runs.filter(({ sourceId, id }) => wanted.has(`${sourceId}:${id}`)),
      );
    },
    attemptsOf: (keys) =>
      log(
        "attemptsOf",
        keys.flatMap(({ sourceId, id }) => (attempts.get(id) ?? []).map((one) => ({ ...one, sourceId, runId: id }))),
      ),
    listJobs: ({ filter = {}, first, after, withSource: deep }) => {
      const names = filter.source;
      const found = jobs
        .map(withSource)
        .filter((job) => !names || names.includes(job.source?.name ?? ""))
        .filter((job) => !after || compare(job.name, after.at) > 0);
      const items = found.slice(0, first).map(({ source, ...job }) => (deep && source ? { ...job, source } : job));
      return log("listJobs", { items, hasMore: found.length > first });
    },
    jobsByIds: (keys) =>
      log(
        "jobsByIds",
        jobs.filter((job) => keys.some(isOne(job))),
      ),
    jobByReference: ({ source, jobId }) => {
      const job = jobs.map(withSource).find((one) => one.source?.name === source && one.externalId === jobId);
      return log("jobByReference", job ?? null);
    },
    lastRunsOf: (of) =>
      log(
        "lastRunsOf",
        of.flatMap((job) => {
          const own = runs.filter((run) => run.sourceId === job.sourceId && run.jobId === job.id);
          return own.toSorted((a, b) => compare(b.occurredAt, a.occurredAt)).slice(0, 1);
        }),
      ),
    allSources: () => log("allSources", sources),
    sourcesByIds: (ids) =>
      log(
        "sourcesByIds",
        sources.filter(({ id }) => ids.includes(id)),
      ),
    sourceByName: (name) => log("sourceByName", sources.find((source) => source.name === name) ?? null),
    listGates: ({ first }) => log("listGates", { items: gates.slice(0, first), hasMore: gates.length > first }),
    gatesByIds: (keys) =>
      log(
        "gatesByIds",
        gates.filter((gate) => keys.some(isOne(gate))),
      ),
    gatesOf: (keys) =>
      log(
        "gatesOf",
        gates.filter(({ sourceId, runId }) => keys.some(isOne({ sourceId, id: runId ?? 0 }))),
      ),
    countWaitingGates: () => log("countWaitingGates", gates.filter(({ endedAt }) => endedAt === null).length),
    allDependencies: (limit) => log("allDependencies", dependencies.slice(0, limit)),
    dependenciesOf: (keys, direction) =>
      log(
        `dependenciesOf ${direction}`,
        dependencies.flatMap((one) => {
          const { sourceId, jobId } = direction === "upstream" ? one.to : one.from;
          return jobId !== null && keys.some(isOne({ sourceId, id: jobId })) ? [{ ...one, sourceId, jobId }] : [];
        }),
      ),
    fleet: () =>
      log("fleet", {
        since: "2026-11-20T00:00:00.000Z",
        until: "2026-11-21T00:00:00.000Z",
        counts: sources.map(({ id }) => ({ sourceId: id, state: "failed" as const, runs: 2 })),
      }),
    listActions: () => log("listActions", { items: [], hasMore: false }),
    actionsByIds: () => log("actionsByIds", []),
    actionsOfRuns: () => log("actionsOfRuns", []),
    callsOf: () => log("callsOf", []),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function aSource(change: Partial<SourceView> = {}): SourceView {
  return {
    id: 1,
    name: "airflow-prod",
    adapter: "airflow",
    url: "http://airflow.test",
    labels: { team: "finance" },
    capabilities: ["observe", "log"],
    handOff: "keyed",
    reachable: true,
    version: "2.10.5",
    fault: null,
    error: null,
    missingRights: [],
    troubles: [],
    clockSkewMs: 0,
    latencyMs: 12,
    paceMs: 5_000,
    attemptedAt: "2026-11-21T00:00:00.000Z",
    lastSyncedAt: "2026-11-21T00:00:00.000Z",
    lagMs: 1_000,
    jobs: 1,
    backfill: null,
    ...change,
  };
}

export function aJob(change: Partial<JobView> = {}): JobView {
  return {
    id: 10,
    sourceId: 1,
    externalId: "load_ledger",
    name: "load_ledger",
    path: [],
    description: null,
    schedule: { expression: "0 2 * * *", dialect: "debian", timezone: null, text: null, nextAt: null },
    paused: false,
    owner: null,
    tags: [],
    url: null,
    capabilities: null,
    handOff: "keyed",
    problem: null,
    observedAt: "2026-11-21T00:00:00.000Z",
    goneAt: null,
    ...change,
  };
}

export function aRun(change: Partial<RunView> = {}): RunView {
  return {
    id: 100,
    sourceId: 1,
    jobId: 10,
    externalId: "scheduled__2026-11-20",
    attempt: 1,
    state: "succeeded",
    nativeState: "success",
    stateRule: "run.success",
    causeKind: "schedule",
    causeBy: null,
    causeKey: null,
    parameters: null,
    errorKind: null,
    errorMessage: null,
    queuedAt: null,
    startedAt: "2026-11-20T02:00:00.000Z",
    endedAt: "2026-11-20T02:10:00.000Z",
    url: null,
    occurredAt: "2026-11-20T02:00:00.000Z",
    observedAt: "2026-11-20T02:10:01.000Z",
    stale: false,
    goneAtSource: null,
    ...change,
  };
}

export function aGate(change: Partial<GateView> = {}): GateView {
  return {
    id: 1,
    sourceId: 1,
    job: "load_ledger",
    run: "scheduled__2026-11-20",
    externalId: "approve",
    jobId: 10,
    runId: 100,
    title: "Deploy?",
    text: null,
    choices: ["Proceed", "Abort"],
    asked: ["ops"],
    since: null,
    url: null,
    openedAt: "2026-11-20T02:00:00.000Z",
    endedAt: null,
    ...change,
  };
}

/** `count` runs a minute apart, each with its own job of one source. */
export function aFleet(count: number): Partial<FakeWorld> {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  return {
    sources: [aSource()],
    jobs: numbers.map((id) => aJob({ id, externalId: `job_${id}`, name: `job_${String(id).padStart(6, "0")}` })),
    runs: numbers.map((id) => {
      const startedAt = new Date(Date.UTC(2026, 10, 20) + id * 60_000).toISOString();
      return aRun({
        id,
        jobId: id,
        externalId: `run_${id}`,
        startedAt,
        occurredAt: startedAt,
        state: id % 2 ? "failed" : "succeeded",
      });
    }),
  };
}
