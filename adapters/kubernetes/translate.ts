/** The only file that turns objects of the cluster into our words. */
import type { Capability } from "../../src/model/capability.ts";
import type { Cause, ForeignJob, ForeignRun } from "../../src/model/foreign.ts";
import { toError } from "./failure.ts";
import { cronJobId, cronJobOf, isManual, jobIdOf, readJobId, runIdOf, scheduledAt, templateId } from "./identity.ts";
import { type JobState, stateOf } from "./job-state.ts";
import { KEY, PARAMETERS, parametersOf } from "./ours.ts";
import type { LastWords } from "./pods.ts";
import type { CronJobRow, JobRow } from "./rows.ts";
import { toSchedule } from "./schedule.ts";
import { toDate } from "./time.ts";

/** How a source wants its objects read. */
export interface Reading {
  readonly groupBy: string | null;
  readonly defaultTimeZone: string;
  /** `https://dashboard.example/#/{kind}/{namespace}/{name}`. */
  readonly dashboard: string | null;
}

const DESCRIPTION = "kubernetes.io/description";
const OWNER_LABELS = ["app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "team", "owner"];
const TAG_LABELS = ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app"];

export function toCronJob(cronJob: CronJobRow, reading: Reading, now: Date, warning: string | null): ForeignJob {
  const { namespace, name, labels, annotations } = cronJob.metadata;
  const { schedule, problem } = toSchedule(cronJob, reading.defaultTimeZone, now);
  return {
    id: cronJobId({ namespace, name }),
    name,
    path: [namespace],
    description: annotations?.[DESCRIPTION] || null,
    schedule,
    paused: cronJob.spec.suspend ?? false,
    owner: firstLabel(labels, OWNER_LABELS.slice(1)),
    tags: tagsOf(labels),
    url: linkTo(reading, "cronjob", namespace, name),
    capabilities: null,
    handOff: "keyed",
    problem: problem ?? warning,
  };
}

/** A template runs only when it is asked to, so there is nothing to pause. */
export function toTemplateJob(template: { readonly namespace: string; readonly name: string }): ForeignJob {
  return plainJob(templateId(template), template.namespace, template.name, { lacks: ["pause", "resume"] });
}

/** Jobs that somebody else makes: they can be looked at, cancelled and done again, but not started by us. */
export function toGroupJob(id: string): ForeignJob | null {
  const job = readJobId(id);
  return job && plainJob(id, job.namespace, job.name, { lacks: ["start", "pause", "resume"] });
}

function plainJob(
  id: string,
  namespace: string,
  name: string,
  { lacks }: { lacks: readonly Capability[] },
): ForeignJob {
  return {
    id,
    name,
    path: [namespace],
    description: null,
    schedule: null,
    paused: false,
    owner: null,
    tags: [],
    url: null,
    capabilities: lacks,
    handOff: "keyed",
    problem: null,
  };
}

function firstLabel(labels: CronJobRow["metadata"]["labels"], names: readonly string[]): string | null {
  return names.map((name) => labels?.[name]).find(Boolean) ?? null;
}

function tagsOf(labels: CronJobRow["metadata"]["labels"]): string[] {
  return [...new Set(TAG_LABELS.flatMap((name) => labels?.[name] || []))];
}

function linkTo({ dashboard }: Reading, kind: string, namespace: string, name: string): string | null {
  if (dashboard === null) return null;
  const words = { kind, namespace, name };
  return dashboard.replaceAll(/\{(kind|namespace|name)\}/g, (_, word: keyof typeof words) =>
    encodeURIComponent(words[word]),
  );
}

export function toRun(job: JobRow, reading: Reading, words: readonly LastWords[] = []): ForeignRun {
  const { metadata, status } = job;
  const found = stateOf(job);
  return {
    jobId: jobIdOf(metadata, reading.groupBy),
    runId: runIdOf(metadata),
    formerly: null,
    state: found.state,
    native: found.native,
    cause: toCause(metadata),
    parameters: parametersOf(metadata.annotations?.[PARAMETERS]),
    error: found.state === "failed" && found.end ? toError(found.end, words) : null,
    queuedAt: toDate(metadata.creationTimestamp),
    // Of what has not begun to work, it only says when the controller took it up.
    startedAt: found.state === "queued" ? null : toDate(status?.startTime),
    endedAt: endOf(job, found),
    url: linkTo(reading, "job", metadata.namespace, metadata.name),
  };
}

/** `completionTime` is written for success alone. */
function endOf({ status }: JobRow, { state, end }: JobState): Date | null {
  if (!end) return null;
  const completed = state === "succeeded" ? toDate(status?.completionTime) : null;
  return completed ?? toDate(end.lastTransitionTime);
}

export function toCause(metadata: JobRow["metadata"]): Cause {
  const key = metadata.annotations?.[KEY] ?? null;
  if (key !== null) return { kind: "us", by: null, key };
  if (isManual(metadata)) return { kind: "manual", by: null, key: null };
  if (cronJobOf(metadata) !== null) {
    return { kind: "schedule", by: scheduledAt(metadata)?.toISOString() ?? null, key: null };
  }
  const controller = metadata.ownerReferences.find((owner) => owner.controller === true);
  if (controller) return { kind: "trigger", by: `${controller.kind}/${controller.name}`, key: null };
  return { kind: "unknown", by: null, key: null };
}
