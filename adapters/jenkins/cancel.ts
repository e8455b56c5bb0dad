/**
 * Stop, then term, then kill: each fifteen seconds after the one before, as Jenkins itself offers them, and only while
 * the build goes on.
 *
 * Each call is one rung. Which one is due is told by a note in this process; after a restart of ours the ladder begins
 * at its foot again, which costs half a minute and harms nobody.
 */
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { readBuild } from "./builds.ts";
import { buildPath, readRunId } from "./names.ts";
import { type Asking, followItem } from "./observe.ts";
import type { BuildRow } from "./rows.ts";
import { isOver, toRun } from "./translate.ts";

export type Rung = "stop" | "term" | "kill";

export interface Ladder {
  /** Which rung is due for this run at this moment. */
  due(run: string, now: Date): Rung;
  climbed(run: string, rung: Rung, now: Date): void;
}

const PATIENCE_MS = 15_000;
const ABOVE: Readonly<Record<Rung, Rung>> = { stop: "term", term: "kill", kill: "kill" };
/** A run whose end nobody asked for again is forgotten in the order it came. */
const REMEMBERED = 1_000;

export function createLadder(): Ladder {
  const notes = new Map<string, { readonly rung: Rung; readonly atMs: number }>();
  return {
    due(run, now) {
      const note = notes.get(run);
      if (!note) return "stop";
      return now.getTime() - note.atMs >= PATIENCE_MS ? ABOVE[note.rung] : note.rung;
    },
    climbed(run, rung, now) {
      // Asked twice within its time it is the same rung, and its time goes on.
      if (notes.get(run)?.rung === rung && rung !== "kill") return;
      notes.delete(run);
      notes.set(run, { rung, atMs: now.getTime() });
      const [oldest] = notes.keys();
      if (notes.size > REMEMBERED && oldest !== undefined) notes.delete(oldest);
    },
  };
}

const GONE = 404;
const NOT_OURS = 422;

export async function cancel(asking: Asking, ladder: Ladder, run: ForeignRunRef): Promise<void> {
  const name = readRunId(run.runId);
  if (name?.kind === "item") return cancelItem(asking, ladder, run, name.item);
  if (name?.kind === "build") return stopBuild(asking, ladder, run, name.number);
  throw missing(run);
}

async function cancelItem(asking: Asking, ladder: Ladder, run: ForeignRunRef, item: number): Promise<void> {
  const { jenkins, signal } = asking;
  const reply = await jenkins.act("/queue/cancelItem", { id: String(item) }, signal, [GONE, NOT_OURS]);
  if (reply.status === NOT_OURS)
    throw new RemoteError(
      `Jenkins does not let us take ${run.runId} of ${run.jobId} out of its queue: Job/Cancel is missing`,
      {
        fault: "refused",
        passing: false,
        status: NOT_OURS,
      },
    );
  if (reply.status !== GONE) return;
  // It is no longer in the queue: begun meanwhile, or taken out before.
  const found = await followItem(asking, run.jobId, item);
  if (!found) throw missing(run);
  const name = readRunId(found.run.runId);
  if (name?.kind === "build") return stopBuild(asking, ladder, found.run, name.number);
}

async function stopBuild(asking: Asking, ladder: Ladder, run: ForeignRunRef, number: number): Promise<void> {
  const { jenkins, signal } = asking;
  const build = await theBuild(asking, run, number);
  if (isOver(build)) throw tooLate(run, build.result ?? "");
  const key = `${run.jobId}\0${run.runId}`;
  const rung = isPipeline(build) ? ladder.due(key, jenkins.now()) : "stop";
  await jenkins.act(`${buildPath(run.jobId, number)}/${rung}`, {}, signal);
  ladder.climbed(key, rung, jenkins.now());
}

/** The build of that name and time: the same number of a job that was made again is not what was meant. */
export async function theBuild(
  { jenkins, site, signal }: Asking,
  run: ForeignRunRef,
  number: number,
): Promise<BuildRow> {
  const build = await readBuild(jenkins, run.jobId, number, signal);
  if (!build) throw missing(run);
  const is = toRun(run.jobId, build.row, site, build.readAt).runId;
  if (is !== run.runId && run.runId !== String(number)) throw missing(run);
  return build.row;
}

/** The build behind a name, an item of the queue followed to what it became; null while it waits. */
export async function buildOf(asking: Asking, run: ForeignRunRef): Promise<BuildRow | null> {
  const name = readRunId(run.runId);
  if (name === null) throw missing(run);
  if (name.kind === "build") return theBuild(asking, run, name.number);
  const found = await followItem(asking, run.jobId, name.item);
  if (!found) throw missing(run);
  const became = readRunId(found.run.runId);
  return became?.kind === "build" ? theBuild(asking, found.run, became.number) : null;
}

export function isPipeline({ _class }: Pick<BuildRow, "_class">): boolean {
  return _class?.endsWith(".WorkflowRun") ?? false;
}

export function missing({ jobId, runId }: ForeignRunRef): RemoteError {
  return new RemoteError(`Jenkins has no run ${runId} of ${jobId}`, { fault: "missing", passing: false });
}

function tooLate({ jobId, runId }: ForeignRunRef, result: string): RemoteError {
  return new RemoteError(`too late: ${runId} of ${jobId} has ended as ${result}`, {
    fault: "conflict",
    passing: false,
  });
}
