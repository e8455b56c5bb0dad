/** `input` steps that wait for a person, of the pipelines that run now. They are answered in Jenkins. */
import type { Page, RejectedRow } from "../../src/adapter/contract.ts";
import { onFault } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignGate } from "../../src/model/foreign.ts";
import { type OneBuild, readBuild } from "./builds.ts";
import { isPipeline } from "./cancel.ts";
import { readRunning } from "./fleet.ts";
import { buildPath } from "./names.ts";
import type { Asking } from "./observe.ts";
import { pendingInputRow, pendingInputsBody } from "./rows.ts";
import { toRun } from "./translate.ts";
import { inTurns } from "./turns.ts";

export async function* listGates(asking: Asking): AsyncGenerator<Page<ForeignGate>> {
  const { jenkins, signal } = asking;
  const running = await readRunning(jenkins, signal);
  const builds = [...running.builds].flatMap(([jobId, numbers]) => [...numbers].map((number) => ({ jobId, number })));
  const pages = await inTurns(builds, async ({ jobId, number }) => {
    const build = await readBuild(jenkins, jobId, number, signal);
    return build && isPipeline(build.row) ? readInputs(asking, jobId, build) : NONE;
  });
  yield {
    items: pages.flatMap(({ items }) => items),
    rejected: pages.flatMap(({ rejected }) => rejected),
    readAt: running.readAt,
  };
}

interface Inputs {
  readonly items: readonly ForeignGate[];
  readonly rejected: readonly RejectedRow[];
}

const NONE: Inputs = { items: [], rejected: [] };

async function readInputs({ jenkins, site, signal }: Asking, jobId: string, build: OneBuild): Promise<Inputs> {
  const path = buildPath(jobId, build.row.number);
  // 404: no plugin that tells of them, or a build that ended in this moment.
  const reply = await jenkins
    .get(`${path}/wfapi/pendingInputActions`, { signal })
    .catch(onFault("missing", () => null));
  if (reply === null) return NONE;
  const { runId } = toRun(jobId, build.row, site, build.readAt);
  const items: ForeignGate[] = [];
  const rejected: RejectedRow[] = [];
  for (const sample of readBody(pendingInputsBody, reply, "a list of pending inputs")) {
    const row = pendingInputRow.safeParse(sample);
    if (!row.success) {
      rejected.push({ kind: "run", id: runId, reason: "a pending input without an id", sample });
      continue;
    }
    const { id, message, proceedText } = row.data;
    items.push({
      jobId,
      runId,
      gateId: id,
      title: message || id,
      text: null,
      choices: [proceedText || "Proceed", "Abort"],
      // Whom an input asks is told nowhere in the API.
      asked: [],
      since: null,
      url: `${site.root}${path}/input/`,
    });
  }
  return { items, rejected };
}
