/**
 * The state of a Job, read off the list of its conditions in a fixed order.
 *
 * `FailureTarget` and `SuccessCriteriaMet` announce an end and are none: pods may run on for their whole grace period.
 * Counts are no outcome: a Job with a failed pod may succeed, and one with too few successes may be complete.
 */
import type { NativeState, RunState } from "../../src/model/run-state.ts";
import { CANCELLED } from "./ours.ts";
import type { Condition, JobRow } from "./rows.ts";

export interface JobState {
  readonly state: RunState;
  readonly native: NativeState;
  /** The condition that ended it. */
  readonly end: Condition | null;
}

type Rule = (job: JobRow) => JobState | null;

/** From the first that applies. */
const RULES: readonly Rule[] = [
  complete,
  failed,
  undecided,
  (job) => announced(job, "SuccessCriteriaMet", "completing"),
  (job) => announced(job, "FailureTarget", "failing"),
  deleting,
  suspended,
  active,
  betweenAttempts,
  begun,
];

export function stateOf(job: JobRow): JobState {
  for (const rule of RULES) {
    const found = rule(job);
    if (found) return found;
  }
  return open("queued", "Pending", "pending");
}

function conditionOf({ status }: JobRow, type: string, value = "True"): Condition | null {
  return status?.conditions.find((condition) => condition.type === type && condition.status === value) ?? null;
}

function complete(job: JobRow): JobState | null {
  const end = conditionOf(job, "Complete");
  return end && { state: "succeeded", native: { word: "Complete", rule: "job.complete" }, end };
}

/** Kubernetes has no cancelled. A Job that ended by the deadline we set, with our mark on it, is one. */
function failed(job: JobRow): JobState | null {
  const end = conditionOf(job, "Failed");
  if (!end) return null;
  const word = end.reason ? `Failed: ${end.reason}` : "Failed";
  const ours = job.metadata.annotations?.[CANCELLED] !== undefined && end.reason === "DeadlineExceeded";
  if (ours) return { state: "cancelled", native: { word, rule: "job.failed.our-mark" }, end };
  return { state: "failed", native: { word, rule: "job.failed" }, end };
}

/** A condition is true, false or unknown; whoever writes the last one cannot tell, and then neither can we. */
function undecided(job: JobRow): JobState | null {
  const type = ["Complete", "Failed"].find((end) => conditionOf(job, end, "Unknown"));
  return type === undefined ? null : open("unknown", `${type}=Unknown`, "undecided");
}

function announced(job: JobRow, type: string, rule: string): JobState | null {
  return conditionOf(job, type) && open("running", type, rule);
}

function deleting({ metadata }: JobRow): JobState | null {
  return metadata.deletionTimestamp ? open("running", "Terminating", "deleting") : null;
}

/** By a person, or by a queue such as Kueue that has not let it in yet. */
function suspended(job: JobRow): JobState | null {
  const asked = job.spec?.suspend === true && !job.status?.active;
  return asked || conditionOf(job, "Suspended") ? open("waiting", "Suspended", "suspended") : null;
}

function active({ status }: JobRow): JobState | null {
  if (!status?.active) return null;
  const worked = (status.succeeded ?? 0) + (status.failed ?? 0) > 0;
  // Servers before 1.24 do not count the ready ones.
  const ready = status.ready === null || status.ready === undefined || status.ready > 0;
  return ready || worked ? open("running", "Active", "active") : open("queued", "Starting", "starting");
}

function betweenAttempts({ status }: JobRow): JobState | null {
  if (status?.terminating) return open("running", "Active", "terminating");
  if (status?.failed) return open("waiting", "BackOff", "between-attempts");
  return status?.succeeded ? open("running", "Active", "between-completions") : null;
}

function begun({ status }: JobRow): JobState | null {
  return status?.startTime ? open("queued", "NoPods", "no-pods") : null;
}

function open(state: RunState, word: string, rule: string): JobState {
  return { state, native: { word, rule: `job.${rule}` }, end: null };
}

/** Whether it has begun to end: what a cancel waits for. */
export function isEnding(job: JobRow): boolean {
  const { end, native } = stateOf(job);
  return end !== null || ["job.failing", "job.deleting"].includes(native.rule) || !job.status?.active;
}

/** `1,3-5` as the numbers it stands for, at most so many of them. */
export function readIndexes(text: string | null | undefined, most = 1_000): readonly number[] {
  const indexes: number[] = [];
  for (const part of (text ?? "").split(",").filter(Boolean)) {
    const [from = Number.NaN, to = from] = part.split("-").map(Number);
    for (let index = from; index <= to && indexes.length < most; index += 1) indexes.push(index);
  }
  return indexes;
}
