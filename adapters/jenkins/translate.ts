/** The only file that turns Jenkins's words into ours. */
import type { Capability } from "../../src/model/capability.ts";
import type { ForeignJob, ForeignRun } from "../../src/model/foreign.ts";
import type { NativeState, RunState } from "../../src/model/run-state.ts";
import type { Schedule } from "../../src/model/schedule.ts";
import { toCause } from "./causes.ts";
import { plainName } from "./listing.ts";
import { jobPath, queueIdOf, runIdOf } from "./names.ts";
import { declaresKey, definitionsOf, keyOf, toParameters } from "./parameters.ts";
import type { BuildRow, JobRow, QueueRow } from "./rows.ts";

/** What the words of this Jenkins mean to its owners, and where its pages are. */
export interface Site {
  readonly root: string;
  readonly keyParameter: string;
  readonly unstable: "succeeded" | "failed";
}

interface Stand {
  readonly state: RunState;
  readonly native: NativeState;
}

const RESULTS: ReadonlyMap<string, RunState> = new Map([
  ["SUCCESS", "succeeded"],
  ["FAILURE", "failed"],
  ["ABORTED", "cancelled"],
  ["NOT_BUILT", "skipped"],
]);

/** How long a build may stand there without a result before we say that nobody knows: it is so while it begins. */
const BEGINNING_MS = 120_000;

/** A result may be there while the build still goes on, and only ever gets worse: it counts once nothing is built. */
export function toState(
  build: Pick<BuildRow, "building" | "inProgress" | "result" | "timestamp">,
  site: Pick<Site, "unstable">,
  readAt: Date,
): Stand {
  const word = build.result || null;
  if (build.building === true || build.inProgress === true)
    return stand("running", word ?? "BUILDING", "build.building");
  if (word === null) {
    const young = typeof build.timestamp === "number" && readAt.getTime() - build.timestamp < BEGINNING_MS;
    return young ? stand("running", "none", "build.begins") : stand("unknown", "none", "build.no-result");
  }
  if (word === "UNSTABLE") return stand(site.unstable, word, `result.unstable.${site.unstable}`);
  const ours = RESULTS.get(word);
  // A word of a newer Jenkins must not stop the sync, and must not be guessed at either.
  return ours ? stand(ours, word, `result.${word.toLowerCase()}`) : stand("unknown", word, "no-rule");
}

/** Whether Jenkins will say nothing more of it. */
export function isOver({
  building,
  inProgress,
  result,
}: Pick<BuildRow, "building" | "inProgress" | "result">): boolean {
  return building !== true && inProgress !== true && typeof result === "string" && result !== "";
}

export function toRun(jobId: string, build: BuildRow, site: Site, readAt: Date): ForeignRun {
  const startedMs = build.timestamp ?? null;
  const waitedMs = build.actions.find(
    ({ queuingDurationMillis }) => typeof queuingDurationMillis === "number",
  )?.queuingDurationMillis;
  const over = isOver(build);
  return {
    jobId,
    runId: runIdOf(build.number, startedMs),
    formerly: typeof build.queueId === "number" && build.queueId > 0 ? queueIdOf(build.queueId) : null,
    ...toState(build, site, readAt),
    cause: toCause(build.actions, keyOf(build.actions, site.keyParameter)),
    parameters: toParameters(build.actions, site.keyParameter),
    // Why a build failed stands in its log and with its stages, never with the build.
    error: null,
    queuedAt: startedMs === null || typeof waitedMs !== "number" ? null : new Date(startedMs - waitedMs),
    startedAt: startedMs === null ? null : new Date(startedMs),
    // 0 while it is building, which is no duration.
    endedAt: over && startedMs !== null ? new Date(startedMs + Math.max(0, build.duration ?? 0)) : null,
    url: `${site.root}${jobPath(jobId)}/${build.number}/`,
  };
}

export function toQueuedRun(jobId: string, item: QueueRow, site: Site): ForeignRun {
  return {
    jobId,
    runId: queueIdOf(item.id),
    formerly: null,
    ...toQueueState(item),
    cause: toCause(item.actions, keyOf(item.actions, site.keyParameter)),
    parameters: toParameters(item.actions, site.keyParameter),
    error: null,
    queuedAt: typeof item.inQueueSince === "number" ? new Date(item.inQueueSince) : null,
    startedAt: null,
    endedAt: null,
    url: `${site.root}${jobPath(jobId)}/`,
  };
}

function toQueueState({ _class, ...item }: QueueRow): Stand {
  if (item.cancelled === true) return stand("cancelled", "cancelled", "queue.cancelled");
  const kind = /Queue\$(\w+)Item$/.exec(_class ?? "")?.[1]?.toLowerCase();
  const word = kind ?? (item.blocked ? "blocked" : item.buildable ? "buildable" : "waiting");
  return stand("queued", word, `queue.${word}`);
}

function stand(state: RunState, word: string, rule: string): Stand {
  return { state, native: { word, rule } };
}

export interface JobFacts {
  readonly branch: boolean;
  readonly schedule: Schedule | null;
  readonly problem: string | null;
  /** All that can be asked of a job here. */
  readonly capabilities: readonly Capability[];
}

export function toJob(
  jobId: string,
  row: JobRow,
  site: Site,
  { branch, schedule, problem, capabilities }: JobFacts,
): ForeignJob {
  const names = jobId.split("/");
  const paused = isPaused(row);
  return {
    id: jobId,
    name: row.displayName || plainName(row.name),
    path: names.slice(0, -1),
    description: row.description || null,
    schedule: schedule && paused ? { ...schedule, nextAt: null } : schedule,
    paused,
    owner: null,
    tags: [],
    url: `${site.root}${jobPath(jobId)}/`,
    // The multibranch project makes its branches and would undo what is done to one of them.
    capabilities: branch ? capabilities.filter((one) => one !== "pause" && one !== "resume") : null,
    handOff: declaresKey(definitionsOf(row), site.keyParameter) ? "marked" : "blind",
    problem,
  };
}

/** Before pipelines could be disabled, nobody said so; then a job that cannot be built is one that was switched off. */
export function isPaused({ disabled, buildable }: Pick<JobRow, "disabled" | "buildable">): boolean {
  return disabled ?? buildable === false;
}
