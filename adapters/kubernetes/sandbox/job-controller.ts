/**
 * What the Job controller, the garbage collector and the TTL controller do.
 *
 * Since 1.31 a Job ends in two writes: `FailureTarget` or `SuccessCriteriaMet` first, while pods are still going and are
 * counted as `uncountedTerminatedPods`, and `Failed` or `Complete` once they are not.
 */
import type { Cluster } from "./cluster.ts";
import { recordEvent } from "./events.ts";
import type { ConditionObject, JobObject, JobStatus } from "./objects.ts";
import { timeText } from "./objects.ts";
import { addPod, endPod, podsOfJob, removePods, runPod } from "./pods.ts";

export interface End {
  readonly outcome: "Complete" | "Failed";
  readonly at: number;
  readonly reason?: string;
  readonly message?: string;
  /** How the container ended. */
  readonly exitCode?: number;
  readonly signal?: number;
  readonly podReason?: string;
  readonly words?: string;
}

export function isFinished({ status }: JobObject): boolean {
  return status.conditions?.some(({ type, status: value }) => isEnd(type) && value === "True") ?? false;
}

function isEnd(type: string): boolean {
  return type === "Complete" || type === "Failed";
}

/** A new Job is taken up: a pod is made, and waits for its image. */
export function takeUp(cluster: Cluster, job: JobObject, at = cluster.now()): JobObject {
  if (job.spec.suspend) {
    const suspended = condition("Suspended", at, "JobSuspended", "Job suspended");
    return write(cluster, job, { conditions: [suspended] });
  }
  addPod(cluster, job, at);
  const resumed = job.status.conditions?.filter(({ type }) => type !== "Suspended") ?? [];
  return write(cluster, job, { conditions: resumed, startTime: timeText(at), active: 1, ready: 0, ...UNCOUNTED });
}

const UNCOUNTED: JobStatus = { uncountedTerminatedPods: {} };

export function begin(cluster: Cluster, job: JobObject, at = cluster.now()): JobObject {
  for (const pod of podsOfJob(cluster, job)) runPod(cluster, pod, at);
  return write(cluster, job, { ...job.status, startTime: job.status.startTime ?? timeText(at), active: 1, ready: 1 });
}

export function finish(cluster: Cluster, job: JobObject, end: End): JobObject {
  const { outcome, at } = end;
  const words = wordsOf(end);
  const announcement = outcome === "Complete" ? "SuccessCriteriaMet" : "FailureTarget";
  const before = job.status.conditions?.filter(({ type }) => type === "Suspended") ?? [];
  const announced = condition(announcement, at, words.reason, words.message);
  const pods = podsOfJob(cluster, job);
  const { active: _, ready: __, ...status } = job.status;
  const startTime = status.startTime ?? timeText(at);
  if (!cluster.quirks.endsAtOnce) {
    const uids = pods.map(({ metadata }) => metadata.uid);
    const uncounted = { [outcome === "Complete" ? "succeeded" : "failed"]: uids };
    const going = { ...status, startTime, terminating: pods.length, uncountedTerminatedPods: uncounted };
    job = write(cluster, job, { ...going, conditions: [...before, announced] });
  }
  for (const pod of pods) endPod(cluster, pod, end);
  const final = condition(outcome, at, words.reason, words.message);
  const conditions = cluster.quirks.endsAtOnce ? [...before, final] : [...before, announced, final];
  const counted = outcome === "Complete" ? { succeeded: 1, completionTime: timeText(at) } : { failed: 1 };
  const ended = write(cluster, job, { startTime, ...counted, conditions, terminating: 0, ready: 0, ...UNCOUNTED });
  recordEvent(
    cluster,
    ended,
    outcome === "Complete" ? "Normal" : "Warning",
    outcome === "Complete" ? "Completed" : words.reason,
    words.message,
  );
  expire(cluster, ended, cluster.now());
  return ended;
}

function wordsOf({ outcome, reason, message }: End): { readonly reason: string; readonly message: string } {
  if (outcome === "Complete")
    return { reason: reason ?? "CompletionsReached", message: message ?? "Reached expected number of succeeded pods" };
  return {
    reason: reason ?? "BackoffLimitExceeded",
    message: message ?? "Job has reached the specified backoff limit",
  };
}

export function condition(type: string, at: number, reason?: string, message?: string): ConditionObject {
  const time = timeText(at);
  const said = { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
  return { type, status: "True", lastProbeTime: time, lastTransitionTime: time, ...said };
}

export function write({ store }: Cluster, job: JobObject, status: JobStatus): JobObject {
  return store.replace("jobs", { ...job, status }) as JobObject;
}

export const DEADLINE_WORDS = {
  reason: "DeadlineExceeded",
  message: "Job was active longer than specified deadline",
  exitCode: 143,
  signal: 15,
} as const;

/** Deadlines that have passed, and Jobs that have been finished for long enough. */
export function settle(cluster: Cluster): void {
  const now = cluster.now();
  for (const object of cluster.store.list("jobs")) {
    const job = object as JobObject;
    if (isFinished(job)) expire(cluster, job, now);
    else if (pastDeadline(cluster, job, now)) finish(cluster, job, { outcome: "Failed", at: now, ...DEADLINE_WORDS });
  }
}

function pastDeadline({ quirks }: Cluster, { spec, status }: JobObject, now: number): boolean {
  const { activeDeadlineSeconds: seconds } = spec;
  if (quirks.ignoreDeadlines || seconds === undefined || spec.suspend || !status.startTime) return false;
  return now >= Date.parse(status.startTime) + seconds * 1_000;
}

function expire(cluster: Cluster, job: JobObject, now: number): boolean {
  const { ttlSecondsAfterFinished: seconds } = job.spec;
  if (seconds === undefined) return false;
  const end = job.status.conditions?.find(({ type, status }) => isEnd(type) && status === "True");
  if (now < Date.parse(end?.lastTransitionTime ?? "") + seconds * 1_000) return false;
  removeJob(cluster, job);
  return true;
}

export function removeJob(cluster: Cluster, job: JobObject, policy = "Background"): void {
  const current = cluster.store.get("jobs", job.metadata.namespace, job.metadata.name);
  if (!current) return;
  cluster.store.remove("jobs", current);
  if (policy !== "Orphan") return removePods(cluster, job);
  for (const pod of podsOfJob(cluster, job)) {
    const { ownerReferences: _, ...metadata } = pod.metadata;
    cluster.store.replace("pods", { ...pod, metadata });
  }
}
