/** Builds of one job: the newest in one request, older ones by their numbers, each 404 a hole and no failure. */
import { onFault } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import { inTurns } from "./turns.ts";
import type { Jenkins } from "./client.ts";
import { buildPath, jobPath } from "./names.ts";
import { type BuildRow, buildRow, buildsBody } from "./rows.ts";
import { BUILD, MOST_BUILDS, newest } from "./trees.ts";

export interface BuildChunk {
  /** As they came, newest first. */
  readonly rows: readonly unknown[];
  readonly readAt: Date;
}

export interface NewestBuilds extends BuildChunk {
  readonly next: number | null;
}

export async function readNewest(
  jenkins: Jenkins,
  jobId: string,
  count: number,
  signal: AbortSignal,
): Promise<NewestBuilds> {
  const reply = await jenkins.read(jobPath(jobId), newest(count), signal);
  const { builds, nextBuildNumber } = readBody(buildsBody, reply, "a list of builds");
  return { rows: builds, readAt: reply.readAt, next: nextBuildNumber ?? null };
}

export interface OneBuild {
  readonly row: BuildRow;
  readonly readAt: Date;
}

/** Null for a build that is not there: deleted, rotated away, or never begun. */
export async function readBuild(
  jenkins: Jenkins,
  jobId: string,
  number: number,
  signal: AbortSignal,
): Promise<OneBuild | null> {
  const reply = await jenkins.read(buildPath(jobId, number), BUILD, signal).catch(onFault("missing", () => null));
  return reply && { row: readBody(buildRow, reply, "a build"), readAt: reply.readAt };
}

/** These builds of a job, as few requests as it takes. What is not in the answer is not there. */
export async function readNumbered(
  jenkins: Jenkins,
  jobId: string,
  numbers: readonly number[],
  signal: AbortSignal,
): Promise<BuildChunk[]> {
  const wanted = new Set(numbers);
  if (wanted.size === 0) return [];
  const first = wanted.size > FEW ? await readNewest(jenkins, jobId, MOST_BUILDS, signal) : null;
  const chunks = first ? [{ ...first, rows: first.rows.filter((row) => isOneOf(row, wanted)) }] : [];
  // Below the oldest that was listed nothing is known yet; between the listed ones there are only holes.
  const oldest = Math.min(...(first?.rows ?? []).map((row) => numberOf(row) ?? Infinity));
  const rest = [...wanted].filter((number) => number < oldest).sort((a, b) => b - a);
  const singles = await inTurns(rest, (number) => readBuild(jenkins, jobId, number, signal));
  return [...chunks, ...singles.flatMap((one) => (one ? [{ rows: [one.row], readAt: one.readAt }] : []))];
}

/** Up to here single questions are cheaper than a list, which loads a hundred builds from the controller's disk. */
const FEW = 3;

/** All from one number up to another: the newest by a range as wide as the gap, the others one by one. */
export async function readGap(
  jenkins: Jenkins,
  jobId: string,
  gap: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<BuildChunk[]> {
  const first = await readNewest(jenkins, jobId, gap.to - gap.from, signal);
  const oldest = Math.min(gap.to, ...first.rows.map((row) => numberOf(row) ?? Infinity));
  const rest = Array.from({ length: Math.max(0, oldest - gap.from) }, (_, at) => oldest - 1 - at);
  const singles = await inTurns(rest, (number) => readBuild(jenkins, jobId, number, signal));
  const newestOnes = { readAt: first.readAt, rows: first.rows.filter((row) => !(Number(numberOf(row)) < gap.from)) };
  return [newestOnes, ...singles.flatMap((one) => (one ? [{ rows: [one.row], readAt: one.readAt }] : []))];
}

/** Newest first, as far back as `isEnough` says, which is asked with each build. */
export async function* readBack(
  jenkins: Jenkins,
  jobId: string,
  isEnough: (row: BuildRow) => boolean,
  signal: AbortSignal,
): AsyncGenerator<BuildChunk> {
  const first = await readNewest(jenkins, jobId, MOST_BUILDS, signal);
  yield first;
  const read = first.rows.flatMap((row) => buildRow.safeParse(row).data ?? []);
  const oldest = read.at(-1);
  if (first.rows.length < MOST_BUILDS || !oldest || isEnough(oldest)) return;
  yield* readDown(jenkins, jobId, oldest.number, isEnough, signal);
}

/** The builds below a number, one by one, for no list holds them. */
export async function* readDown(
  jenkins: Jenkins,
  jobId: string,
  below: number,
  isEnough: (row: BuildRow) => boolean,
  signal: AbortSignal,
): AsyncGenerator<BuildChunk> {
  for (let next = below - 1; next > 0; next -= AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, next) }, (_, at) => next - at);
    const builds = await inTurns(numbers, (number) => readBuild(jenkins, jobId, number, signal));
    const found = builds.filter((build) => build !== null);
    const [newestOne] = found;
    if (newestOne) yield { rows: found.map(({ row }) => row), readAt: newestOne.readAt };
    if (found.some(({ row }) => isEnough(row))) return;
  }
}

const AT_ONCE = 20;

export function numberOf(row: unknown): number | null {
  const number = (row as { readonly number?: unknown } | null)?.number;
  return typeof number === "number" ? number : null;
}

function isOneOf(row: unknown, numbers: ReadonlySet<number>): boolean {
  const number = numberOf(row);
  // A row that does not say which it is may be any of them; it is set aside where rows are read.
  return number === null || numbers.has(number);
}
