/** What pods say of the Job they work for: how they ended, with which last words, and where. */
import type { RunPart } from "../../src/adapter/contract.ts";
import type { NativeState, RunState } from "../../src/model/run-state.ts";
import type { ContainerEnd, PodRow } from "./rows.ts";
import { toDate } from "./time.ts";

export const POD_OF_JOB = "batch.kubernetes.io/job-name";
export const CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
const INDEX = "batch.kubernetes.io/job-completion-index";

/** One container that ended, with no more than we show of it. */
export interface LastWords {
  readonly pod: string;
  readonly container: string;
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly endedAt: Date | null;
  /** The pod was put out of the way by the cluster: the program is not to blame. */
  readonly disrupted: string | null;
}

// A container may leave 4,096 bytes in `/dev/termination-log`.
const MESSAGE_LENGTH = 4_096;

export function jobUidOf({ metadata }: PodRow): string | null {
  const owner = metadata.ownerReferences.find(({ kind }) => kind === "Job");
  return metadata.labels?.[CONTROLLER_UID] ?? metadata.labels?.["controller-uid"] ?? owner?.uid ?? null;
}

/** Of every container that ended, and of a pod that ended before any container could. */
export function lastWordsOf(pod: PodRow): LastWords[] {
  const disrupted = disruptionOf(pod);
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const words = statuses.flatMap(({ name, state, lastState }) => {
    const end = state?.terminated ?? lastState?.terminated;
    return end ? [wordsOf(pod, name, end, disrupted)] : [];
  });
  if (words.length > 0 || pod.status?.phase !== "Failed") return words;
  const { reason, message } = pod.status;
  const unsaid = { exitCode: null, signal: null, startedAt: null, finishedAt: null };
  return [wordsOf(pod, "", { ...unsaid, reason, message }, disrupted)];
}

function wordsOf(pod: PodRow, container: string, end: ContainerEnd, disrupted: string | null): LastWords {
  return {
    pod: pod.metadata.name,
    container,
    exitCode: end.exitCode ?? null,
    signal: end.signal || null,
    reason: end.reason ?? null,
    message: end.message?.slice(0, MESSAGE_LENGTH) || null,
    endedAt: toDate(end.finishedAt),
    disrupted,
  };
}

function disruptionOf({ status }: PodRow): string | null {
  if (status?.reason === "Evicted") return "Evicted";
  const target = status?.conditions.find(({ type, status: value }) => type === "DisruptionTarget" && value === "True");
  return target ? (target.reason ?? "DisruptionTarget") : null;
}

/** Oldest first; of an indexed Job, index by index. */
export function inOrder(pods: readonly PodRow[]): readonly PodRow[] {
  return pods.toSorted((a, b) => indexOf(a) - indexOf(b) || createdAt(a) - createdAt(b) || compareNames(a, b));
}

function compareNames(a: PodRow, b: PodRow): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function indexOf({ metadata }: PodRow): number {
  const index = Number(metadata.annotations?.[INDEX] ?? metadata.labels?.[INDEX]);
  return Number.isInteger(index) ? index : 0;
}

function createdAt({ metadata }: PodRow): number {
  return toDate(metadata.creationTimestamp)?.getTime() ?? 0;
}

/** With restartPolicy Never each attempt is a pod of its own; with OnFailure one pod counts its restarts. */
export function partsOf(pods: readonly PodRow[]): RunPart[] {
  const attempts = new Map<number, number>();
  return inOrder(pods).map((pod) => {
    const index = indexOf(pod);
    const attempt = (attempts.get(index) ?? 0) + 1;
    attempts.set(index, attempt);
    return { ...partOf(pod), attempt: attempt + restartsOf(pod) };
  });
}

function partOf(pod: PodRow): Omit<RunPart, "attempt"> {
  const ends = lastWordsOf(pod);
  const ended = isOver(pod);
  return {
    id: pod.metadata.name,
    name: pod.metadata.name,
    ...podState(pod),
    startedAt: startOf(pod),
    endedAt: ended ? (ends.map(({ endedAt }) => endedAt).findLast((at) => at !== null) ?? null) : null,
  };
}

function restartsOf({ status }: PodRow): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0));
}

function isOver({ status }: PodRow): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** When the program began, and not when the pod was placed. */
function startOf({ status }: PodRow): Date | null {
  const starts = (status?.containerStatuses ?? []).flatMap(({ state, lastState }) => {
    return toDate(lastState?.terminated?.startedAt ?? state?.terminated?.startedAt ?? state?.running?.startedAt) ?? [];
  });
  return starts.length === 0 ? null : new Date(Math.min(...starts.map(Number)));
}

const STATES: ReadonlyMap<string, RunState> = new Map([
  ["Pending", "queued"],
  ["Running", "running"],
  ["Succeeded", "succeeded"],
  ["Failed", "failed"],
]);

function podState(pod: PodRow): { readonly state: RunState; readonly native: NativeState } {
  const phase = pod.status?.phase ?? "none";
  const state = STATES.get(phase);
  const word = [phase, detailOf(pod)].filter(Boolean).join(": ");
  return { state: state ?? "unknown", native: { word, rule: state ? `pod.${phase.toLowerCase()}` : "no-rule" } };
}

/** Why it waits or how it ended, in Kubernetes' words: `ImagePullBackOff`, `OOMKilled, exit 137`. */
function detailOf(pod: PodRow): string | null {
  const waiting = waitingOf(pod);
  if (waiting) return waiting;
  const bad = lastWordsOf(pod).findLast(({ exitCode, reason }) => exitCode !== 0 && reason !== "Completed");
  if (!bad) return null;
  return [bad.disrupted ?? bad.reason, bad.exitCode === null ? null : `exit ${bad.exitCode}`]
    .filter(Boolean)
    .join(", ");
}

export function waitingOf({ status }: PodRow): string | null {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const reason = statuses.map(({ state }) => state?.waiting?.reason).find(Boolean);
  if (reason) return reason;
  const unscheduled = status?.conditions.find(
    ({ type, status: value }) => type === "PodScheduled" && value === "False",
  );
  return status?.phase === "Pending" ? (unscheduled?.reason ?? null) : null;
}
