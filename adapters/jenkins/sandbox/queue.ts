/** The queue: a quiet period, equal requests folded into one, an item remembered for five minutes after it left. */
import type { BuildState, CauseState, Controller, ItemState, JobState, Values } from "./state.ts";

const REMEMBERED_MS = 5 * 60_000;

export interface Enqueued {
  readonly item: ItemState;
  /** There was one with the same parameters already. */
  readonly folded: boolean;
}

export function enqueue(controller: Controller, job: JobState, values: Values, cause: CauseState): Enqueued {
  const twin = [...controller.items.values()].find(
    (item) => item.jobId === job.fullName && isWaiting(item) && !item.step && isSame(item.values, values),
  );
  if (twin) {
    twin.causes = [...twin.causes, cause];
    return { item: twin, folded: true };
  }
  return { item: addItem(controller, job.fullName, values, [cause], controller.now() + job.quietMs), folded: false };
}

export function addItem(
  controller: Controller,
  jobId: string,
  values: Values,
  causes: readonly CauseState[],
  readyAt: number | null,
  more: { readonly since?: number; readonly step?: boolean } = {},
): ItemState {
  const item: ItemState = {
    id: controller.nextItem,
    jobId,
    since: more.since ?? controller.now(),
    values,
    causes: [...causes],
    readyAt,
    cancelled: false,
    leftAt: null,
    build: null,
    step: more.step ?? false,
  };
  controller.nextItem += 1;
  controller.items.set(item.id, item);
  return item;
}

export function isWaiting({ leftAt }: ItemState): boolean {
  return leftAt === null;
}

/** What happened since somebody last looked: items begin, builds end, old items are forgotten. */
export function advance(controller: Controller): void {
  const now = controller.now();
  for (const job of controller.jobs.values())
    for (const build of job.builds.values())
      if (build.building && build.endsAt !== null && build.endsAt <= now) end(job, build, build.endsAt);
  for (const item of controller.items.values()) {
    if (isWaiting(item)) beginWhenReady(controller, item, now);
    else if (now - (item.leftAt ?? 0) > REMEMBERED_MS) controller.items.delete(item.id);
  }
}

function beginWhenReady(controller: Controller, item: ItemState, now: number): void {
  const job = controller.jobs.get(item.jobId);
  if (!job || item.step || item.readyAt === null || item.readyAt > now || controller.quietingDown) return;
  if (!job.concurrent && [...job.builds.values()].some(({ building }) => building)) return;
  const build = begin(controller, job, item, item.readyAt);
  build.endsAt = build.timestamp + job.takesMs;
  if (build.endsAt <= now) end(job, build, build.endsAt);
}

/** The number is given now and never before. */
export function begin(controller: Controller, job: JobState, item: ItemState, at: number): BuildState {
  const build = addBuild(job, {
    queueId: item.id,
    timestamp: at,
    waitedMs: at - item.since,
    values: item.values,
    causes: item.causes,
  });
  item.leftAt = controller.now();
  item.build = build.number;
  return build;
}

export function addBuild(
  job: JobState,
  build: Pick<BuildState, "queueId" | "timestamp" | "waitedMs" | "values" | "causes">,
): BuildState {
  const { next } = job;
  const added: BuildState = {
    ...build,
    number: next,
    building: true,
    result: null,
    endedAt: null,
    endsAt: null,
    description: null,
    log: `${build.causes[0]?.text ?? "Started"}\nBuilding in workspace /var/jenkins_home/workspace/${job.fullName}\n`,
    artifacts: new Map(),
    stages: [{ id: "6", name: "Build", status: "IN_PROGRESS", startedAt: build.timestamp, durationMs: 0 }],
    inputs: [],
  };
  job.next = next + 1;
  job.builds.set(next, added);
  return added;
}

const STAGE_WORDS: Readonly<Record<string, string>> = {
  SUCCESS: "SUCCESS",
  FAILURE: "FAILED",
  UNSTABLE: "UNSTABLE",
  ABORTED: "ABORTED",
};

export function end(job: JobState, build: BuildState, at: number, result = job.endsAs): void {
  build.building = false;
  build.result = result;
  build.endedAt = at;
  build.endsAt = null;
  build.inputs = [];
  build.log += `Finished: ${result}\n`;
  build.stages = build.stages.map((stage) => ({
    ...stage,
    status: STAGE_WORDS[result] ?? "NOT_EXECUTED",
    durationMs: Math.max(0, at - stage.startedAt),
  }));
}

function isSame(one: Values, other: Values): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
