/** What Jenkins's users, its timers and its clock do behind our back. */
import type { OpenSandboxRun, PlayableWorld, SandboxRun } from "../../../src/adapter/sandbox.ts";
import { isTerminal, type RunState } from "../../../src/model/run-state.ts";
import { queueIdOf, readRunId, runIdOf } from "../names.ts";
import { addBuild, addItem, begin, end, isWaiting } from "./queue.ts";
import type {
  BuildState,
  CauseState,
  Controller,
  ItemState,
  JobKind,
  JobState,
  ParameterSpec,
  StageState,
  Values,
} from "./state.ts";

export interface JenkinsJob {
  readonly id: string;
  readonly schedule?: string | null;
  readonly paused?: boolean;
  readonly kind?: JobKind;
  /** Our key parameter and a date unless said otherwise; none makes it a job that cannot be marked. */
  readonly parameters?: readonly ParameterSpec[];
  readonly description?: string | null;
  readonly upstream?: readonly string[];
  readonly downstream?: readonly string[];
  readonly axes?: readonly string[];
  readonly concurrent?: boolean;
  readonly quietMs?: number;
  readonly takesMs?: number;
  readonly endsAs?: string;
  readonly endsBy?: JobState["endsBy"];
  /** The first number it gives: raised by an administrator, or where the old builds are gone. */
  readonly next?: number;
}

export interface JenkinsRunWords {
  /** Jenkins's own word, where ours has none. */
  readonly result?: string;
  readonly causes?: readonly CauseState[];
  readonly log?: string;
  readonly artifacts?: Readonly<Record<string, string>>;
  readonly stages?: readonly StageState[];
  readonly description?: string;
  readonly inputs?: readonly { readonly id: string; readonly message: string }[];
}

export interface JenkinsWorld extends PlayableWorld {
  addJob(job: JenkinsJob): void;
  addRun(run: SandboxRun & JenkinsRunWords): string;
  setRun(jobId: string, runId: string, change: Partial<Omit<SandboxRun, "jobId" | "runId">> & JenkinsRunWords): void;
  changeJob(
    id: string,
    change: Partial<Pick<JobState, "disabled" | "schedule" | "description" | "next" | "endsBy">>,
  ): void;
  /** A step of a running pipeline waits for an agent. */
  addWaitingStep(jobId: string): void;
  /** Runs of a job that people, or we in their place, have asked for; those without a number yet at the end. */
  startedByHand(jobId: string): readonly string[];
  /** What a run is called by now: one that we know by its item may have its number since. */
  nameOf(jobId: string, runId: string): string;
}

export const KEY_PARAMETER = "TUTTI_KEY";
const USUAL_PARAMETERS: readonly ParameterSpec[] = [
  { name: KEY_PARAMETER, type: "String", byDefault: "" },
  { name: "date", type: "String", byDefault: "today" },
];
const QUIET_MS = 5_000;
const USUAL_MS = 30_000;

const RESULTS: Readonly<Partial<Record<RunState, string>>> = {
  succeeded: "SUCCESS",
  failed: "FAILURE",
  cancelled: "ABORTED",
  skipped: "NOT_BUILT",
  unknown: "EVAPORATED",
};

const BY_TIMER: CauseState = { kind: "hudson.triggers.TimerTrigger$TimerTriggerCause", text: "Started by timer" };

export function jenkinsWorld(controller: Controller): JenkinsWorld {
  const jobOf = (id: string) => {
    const job = controller.jobs.get(id);
    if (!job) throw new Error(`the sandbox has no job ${id}`);
    return job;
  };

  return {
    addJob: (job) => addJob(controller, job),
    changeJob: (id, change) => void Object.assign(jobOf(id), change),
    removeJob(id) {
      for (const name of controller.jobs.keys())
        if (name === id || name.startsWith(`${id}/`)) controller.jobs.delete(name);
      for (const item of controller.items.values()) if (item.jobId === id) controller.items.delete(item.id);
    },

    addRun(run) {
      if (!controller.jobs.has(run.jobId)) addJob(controller, { id: run.jobId });
      return addRun(controller, jobOf(run.jobId), run);
    },
    setRun(jobId, runId, change) {
      const job = jobOf(jobId);
      const found = locate(controller, job, runId);
      if ("since" in found) moveItem(controller, job, found, change);
      else moveBuild(controller, job, found, change);
    },
    removeRun(jobId, runId) {
      const found = locate(controller, jobOf(jobId), runId);
      if ("since" in found) controller.items.delete(found.id);
      else jobOf(jobId).builds.delete(found.number);
    },
    openRuns: () => openRuns(controller),
    isPaused: (jobId) => controller.jobs.get(jobId)?.disabled ?? false,
    addWaitingStep: (jobId) => void addItem(controller, jobId, {}, [], null, { step: true }),

    startedWithKey(key) {
      const waiting = [...controller.items.values()].filter(
        (item) => isWaiting(item) && item.values[KEY_PARAMETER] === key,
      );
      const builds = [...controller.jobs.values()]
        .flatMap((job) => [...job.builds.values()])
        .filter(({ values }) => values[KEY_PARAMETER] === key);
      return [...builds.sort((a, b) => a.timestamp - b.timestamp).map(nameOf), ...waiting.map(nameOf)];
    },
    startedByHand(jobId) {
      const builds = [...jobOf(jobId).builds.values()].filter(isByHand);
      const waiting = [...controller.items.values()].filter(
        (item) => item.jobId === jobId && isWaiting(item) && isByHand(item),
      );
      return [...builds, ...waiting].map(nameOf);
    },
    nameOf: (jobId, runId) => nameOf(locate(controller, jobOf(jobId), runId)),
    get requests() {
      return controller.requests;
    },
  };
}

/** With the folders above it that are not there yet. */
function addJob(controller: Controller, job: JenkinsJob): void {
  const names = job.id.split("/");
  for (let depth = 1; depth < names.length; depth += 1) {
    const folder = names.slice(0, depth).join("/");
    if (!controller.jobs.has(folder)) controller.jobs.set(folder, newJob({ id: folder, kind: "folder" }));
  }
  controller.jobs.set(job.id, newJob(job));
}

function newJob(job: JenkinsJob): JobState {
  return {
    fullName: job.id,
    kind: job.kind ?? "pipeline",
    parameters: job.parameters ?? USUAL_PARAMETERS,
    displayName: null,
    description: job.description ?? null,
    disabled: job.paused ?? false,
    schedule: job.schedule ?? null,
    upstream: job.upstream ?? [],
    downstream: job.downstream ?? [],
    axes: job.axes ?? [],
    concurrent: job.concurrent ?? true,
    quietMs: job.quietMs ?? QUIET_MS,
    takesMs: job.takesMs ?? USUAL_MS,
    endsAs: job.endsAs ?? "SUCCESS",
    endsBy: job.endsBy ?? "stop",
    next: job.next ?? 1,
    builds: new Map(),
  };
}

function addRun(controller: Controller, job: JobState, run: SandboxRun & JenkinsRunWords): string {
  const now = controller.now();
  const since = run.queuedAt?.getTime() ?? run.startedAt?.getTime() ?? now;
  const values = valuesOf(run.parameters);
  const causes = run.causes ?? [BY_TIMER];
  if (run.state === "queued") return queueIdOf(addItem(controller, job.fullName, values, causes, null, { since }).id);
  const startedAt = run.startedAt?.getTime() ?? run.endedAt?.getTime() ?? now;
  const queueId = controller.nextItem;
  controller.nextItem += 1;
  const build = addBuild(job, {
    queueId,
    timestamp: startedAt,
    waitedMs: Math.max(0, startedAt - since),
    values,
    causes,
  });
  moveBuild(controller, job, build, run);
  return runIdOf(build.number, build.timestamp);
}

function openRuns(controller: Controller): OpenSandboxRun[] {
  const items = [...controller.items.values()].filter((item) => isWaiting(item) && !item.step);
  const builds = [...controller.jobs.values()].flatMap((job) =>
    [...job.builds.values()].filter(({ building }) => building).map((build) => ({ job, build })),
  );
  return [
    ...items.map((item) => waitingItem(controller, item)),
    ...builds.map(({ job, build }) => goingBuild(job, build)),
  ];
}

/** An item is held back for its quiet period, by a Jenkins that shuts down, and by a build that must end first. */
function waitingItem(controller: Controller, { id, jobId, since, readyAt }: ItemState): OpenSandboxRun {
  const job = controller.jobs.get(jobId);
  const isQuiet = readyAt !== null && readyAt > controller.now();
  const isBehind = job?.concurrent === false && [...job.builds.values()].some(({ building }) => building);
  const held = isQuiet || isBehind || controller.quietingDown;
  return { jobId, runId: queueIdOf(id), formerly: null, state: "queued", since: new Date(since), held };
}

function goingBuild({ fullName: jobId }: JobState, build: BuildState): OpenSandboxRun {
  const runId = runIdOf(build.number, build.timestamp);
  const [formerly, since, held] = [queueIdOf(build.queueId), new Date(build.timestamp), build.inputs.length > 0];
  return { jobId, runId, formerly, state: "running", since, held };
}

function valuesOf(parameters: SandboxRun["parameters"]): Values {
  return typeof parameters === "object" && parameters !== null && !Array.isArray(parameters)
    ? (parameters as Values)
    : {};
}

type Change = Parameters<JenkinsWorld["setRun"]>[2];

function moveItem(controller: Controller, job: JobState, item: ItemState, change: Change): void {
  if (change.state === undefined || change.state === "queued") return;
  if (change.state === "cancelled") {
    Object.assign(item, { cancelled: true, leftAt: controller.now() });
    return;
  }
  moveBuild(controller, job, begin(controller, job, item, change.startedAt?.getTime() ?? controller.now()), change);
}

function moveBuild(controller: Controller, job: JobState, build: BuildState, change: Change): void {
  const { result, log, artifacts, stages, description, inputs, state } = change;
  if (log !== undefined) build.log = log;
  if (stages !== undefined) build.stages = stages;
  if (description !== undefined) build.description = description;
  for (const [path, content] of Object.entries(artifacts ?? {})) build.artifacts.set(path, content);
  if (inputs !== undefined) build.inputs = inputs;
  if (state === "waiting" && build.inputs.length === 0)
    build.inputs = [{ id: "Ef95dd500ae6", message: "Is the build okay?" }];
  if (state === undefined) return;
  if (isTerminal(state) || state === "unknown") {
    const endedAt = change.endedAt?.getTime() ?? controller.now();
    end(job, build, endedAt, result ?? RESULTS[state] ?? "SUCCESS");
    if (log !== undefined) build.log = log;
    return;
  }
  // What goes on may have a result already: the worst so far.
  if (!build.building)
    throw new Error(
      `the sandbox is a Jenkins: #${build.number} of ${job.fullName} has ended, and a rerun is a new build`,
    );
  build.result = result ?? null;
}

/** A build by its name or by that of the item it came from. */
function locate(controller: Controller, job: JobState, runId: string): ItemState | BuildState {
  const name = readRunId(runId);
  if (name?.kind === "item") {
    const item = controller.items.get(name.item);
    if (item && isWaiting(item)) return item;
  }
  const build = [...job.builds.values()].find((one) =>
    name?.kind === "item" ? one.queueId === name.item : name?.kind === "build" && one.number === name.number,
  );
  if (!build) throw new Error(`the sandbox has no run ${runId} of ${job.fullName}`);
  return build;
}

function nameOf(found: ItemState | BuildState): string {
  return "since" in found ? queueIdOf(found.id) : runIdOf(found.number, found.timestamp);
}

function isByHand({ causes }: ItemState | BuildState): boolean {
  return causes.some(({ userId }) => userId !== undefined);
}
