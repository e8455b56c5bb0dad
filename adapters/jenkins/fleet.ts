/** Three requests for a whole fleet, however large: what runs, what waits, and up to which number each job has come. */
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { RejectedRow } from "../../src/adapter/contract.ts";
import type { Jenkins } from "./client.ts";
import { listJobs } from "./listing.ts";
import { buildOfUrl, jobOfUrl } from "./names.ts";
import { computerBody, numbersRow, queueBody, queueRow, type QueueRow } from "./rows.ts";
import { NUMBER, NUMBER_AND_LAST, QUEUE, RUNNING } from "./trees.ts";

export interface Running {
  /** Numbers of builds on an executor, by job. */
  readonly builds: ReadonlyMap<string, ReadonlySet<number>>;
  readonly readAt: Date;
}

export interface WaitingItem {
  readonly jobId: string;
  readonly item: QueueRow;
}

export interface Waiting {
  readonly items: readonly WaitingItem[];
  readonly rejected: readonly RejectedRow[];
  readonly readAt: Date;
}

export interface JobNumber {
  readonly id: string;
  readonly next: number;
  /** When its last build changed last, as far as it was asked for: Infinity while it runs, null without a build. */
  readonly lastChangeMs: number | null;
}

export interface Numbers {
  readonly jobs: readonly JobNumber[];
  readonly rejected: readonly RejectedRow[];
  readonly readAt: Date;
}

/**
 * A pipeline shows as its own executor and again as each of its node steps, all with the URL of the build; a matrix
 * shows its configurations, whose URLs are no build's of a job.
 */
export async function readRunning(jenkins: Jenkins, signal: AbortSignal): Promise<Running> {
  const reply = await jenkins.read("/computer", RUNNING, signal);
  const { computer } = readBody(computerBody, reply, "a list of computers");
  const builds = new Map<string, Set<number>>();
  for (const { currentExecutable } of computer.flatMap(({ executors, oneOffExecutors }) => [
    ...executors,
    ...oneOffExecutors,
  ])) {
    const build = buildOfUrl(currentExecutable?.url);
    if (!build || !isInScope(jenkins, build.jobId)) continue;
    const numbers = builds.get(build.jobId) ?? new Set();
    builds.set(build.jobId, numbers.add(build.number));
  }
  return { builds, readAt: reply.readAt };
}

export async function readWaiting(jenkins: Jenkins, signal: AbortSignal): Promise<Waiting> {
  const reply = await jenkins.read("/queue", QUEUE, signal);
  const { items: rows } = readBody(queueBody, reply, "a queue");
  const items: WaitingItem[] = [];
  const rejected: RejectedRow[] = [];
  for (const sample of rows) {
    const row = queueRow.safeParse(sample);
    if (!row.success) rejected.push({ kind: "run", id: null, reason: row.error.issues[0]?.message ?? "no id", sample });
    else if (!isStep(row.data)) items.push(...withJob(jenkins, row.data));
  }
  return { items, rejected, readAt: reply.readAt };
}

/** A step of a pipeline that waits for an agent, inside a build that has long begun. */
export function isStep({ task }: QueueRow): boolean {
  const { _class: kind } = task ?? {};
  return kind?.includes("PlaceholderTask") ?? false;
}

function withJob(jenkins: Jenkins, item: QueueRow): WaitingItem[] {
  const jobId = jobOfUrl(item.task?.url);
  return jobId === null || !isInScope(jenkins, jobId) ? [] : [{ jobId, item }];
}

export async function readNumbers(jenkins: Jenkins, withLast: boolean, signal: AbortSignal): Promise<Numbers> {
  const jobs: JobNumber[] = [];
  const rejected: RejectedRow[] = [];
  let readAt: Date | null = null;
  for await (const chunk of listJobs(jenkins, { fields: withLast ? NUMBER_AND_LAST : NUMBER, perPage: null }, signal)) {
    readAt ??= chunk.readAt;
    rejected.push(...chunk.rejected);
    for (const { id, row } of chunk.jobs) {
      const read = numbersRow.safeParse(row);
      if (read.success) jobs.push({ id, next: read.data.nextBuildNumber, lastChangeMs: changeOf(read.data.lastBuild) });
      else rejected.push({ kind: "job", id, reason: "its build number is missing", sample: row });
    }
  }
  if (readAt === null) throw new RemoteError("Jenkins listed nothing", { fault: "malformed", passing: true });
  return { jobs, rejected, readAt };
}

type LastBuild = ReturnType<typeof numbersRow.parse>["lastBuild"];

function changeOf(last: LastBuild): number | null {
  if (!last) return null;
  if (last.building !== false || last.result === null || last.result === undefined) return Infinity;
  return (last.timestamp ?? 0) + (last.duration ?? 0);
}

function isInScope({ config: { folder } }: Jenkins, jobId: string): boolean {
  return folder === undefined || jobId.startsWith(`${folder}/`);
}
