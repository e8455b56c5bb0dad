/** What has not ended: all of it, or nothing. */
import assert from "node:assert/strict";
import { isTerminal } from "../../model/run-state.ts";
import type { Remote } from "../contract.ts";
import { givenRuns, keysOf } from "./given.ts";
import type { QuestionGroup } from "./question.ts";
import { keyOf, neverCut, readAll, sorted } from "./reading.ts";

const never = new AbortController().signal;

async function openKeys(remote: Remote): Promise<string[]> {
  return (await readAll(remote.open(never))).items.map(keyOf);
}

export const openRuns: QuestionGroup = {
  title: "open runs",
  questions: [
    {
      title: "come to the last, and no others",
      async ask(stage) {
        const runs = await givenRuns(stage, ["queued", "running"]);
        await givenRuns(stage, ["succeeded", "failed"], 10);
        const { items } = await readAll(stage.remote.open(never));
        assert.deepEqual(sorted(items.map(keyOf)), sorted(keysOf(runs)));
        assert.deepEqual(items.filter(({ state }) => isTerminal(state)).map(keyOf), []);
      },
    },
    {
      title: "leave the list when they end",
      async ask(stage) {
        const [run] = await givenRuns(stage, ["running"], 3);
        assert.ok(run);
        assert.equal((await openKeys(stage.remote)).length, 3);
        await stage.world.setRun(run.jobId, run.runId, { state: "succeeded", endedAt: stage.now() });
        assert.ok(!(await openKeys(stage.remote)).includes(keyOf(run)));
      },
    },
    {
      title: "are never half a list",
      async ask(stage) {
        const runs = await givenRuns(stage, ["running", "queued"]);
        await neverCut(stage, openKeys, keysOf(runs));
      },
    },
  ],
};
