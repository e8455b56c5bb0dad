/** The stages of a pipeline, and the configurations of a matrix. */
import type { RunPart } from "../../src/adapter/contract.ts";
import { onFault } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { RunState } from "../../src/model/run-state.ts";
import { buildOf } from "./cancel.ts";
import { buildPath } from "./names.ts";
import type { Asking } from "./observe.ts";
import { type BuildRow, matrixBody, type StageRow, stagesBody } from "./rows.ts";
import { toRun } from "./translate.ts";
import { BUILD } from "./trees.ts";

const STAGES: ReadonlyMap<string, RunState> = new Map([
  ["NOT_EXECUTED", "skipped"],
  ["ABORTED", "cancelled"],
  ["SUCCESS", "succeeded"],
  ["IN_PROGRESS", "running"],
  ["PAUSED_PENDING_INPUT", "waiting"],
  ["FAILED", "failed"],
]);

const MOST_CONFIGURATIONS = 500;

export async function readParts(asking: Asking, run: ForeignRunRef): Promise<readonly RunPart[]> {
  const build = await buildOf(asking, run);
  if (build === null) return [];
  const { _class: kind } = build;
  return kind?.endsWith(".MatrixBuild") ? readConfigurations(asking, run, build) : readStages(asking, run, build);
}

/** Loads the whole graph of the build from the controller's disk: asked only when somebody wants to see it. */
async function readStages(
  { jenkins, site, signal }: Asking,
  { jobId }: ForeignRunRef,
  { number }: BuildRow,
): Promise<RunPart[]> {
  // 404: no pipeline, or a controller without the plugin.
  const reply = await jenkins
    .get(`${buildPath(jobId, number)}/wfapi/describe`, { signal })
    .catch(onFault("missing", () => null));
  return reply
    ? readBody(stagesBody, reply, "the stages of a build").stages.map((stage) => toPart(stage, site.unstable))
    : [];
}

export function toPart({ id, name, status, startTimeMillis, durationMillis }: StageRow, unstable: RunState): RunPart {
  const word = status || "none";
  const state = word === "UNSTABLE" ? unstable : STAGES.get(word);
  const started = typeof startTimeMillis === "number" && startTimeMillis > 0 ? startTimeMillis : null;
  const ended = state !== undefined && state !== "running" && state !== "waiting" && typeof durationMillis === "number";
  return {
    id,
    name: name || id,
    state: state ?? "unknown",
    native: { word, rule: state ? `stage.${word.toLowerCase()}` : "no-rule" },
    attempt: 1,
    startedAt: started === null ? null : new Date(started),
    endedAt: started === null || !ended ? null : new Date(started + durationMillis),
  };
}

async function readConfigurations(
  { jenkins, site, signal }: Asking,
  { jobId }: ForeignRunRef,
  { number }: BuildRow,
): Promise<RunPart[]> {
  const tree = `runs[url,${BUILD}]{0,${MOST_CONFIGURATIONS}}`;
  const reply = await jenkins.read(buildPath(jobId, number), tree, signal);
  const { runs } = readBody(matrixBody, reply, "the configurations of a build");
  // A configuration that was not built this time shows its last build, of another number.
  return runs
    .filter((run) => run.number === number)
    .map((run) => {
      const { state, native, startedAt, endedAt } = toRun(jobId, run, site, reply.readAt);
      const name = decodeURIComponent(/\/([^/]+)\/\d+\/?$/.exec(run.url ?? "")?.[1] ?? String(run.number));
      return { id: name, name, state, native, attempt: 1, startedAt, endedAt };
    });
}
