/** The present state of runs we name: the hot path. */
import assert from "node:assert/strict";
import type { ForeignRunRef } from "../../model/foreign.ts";
import type { RunState } from "../../model/run-state.ts";
import { RemoteError } from "../remote-error.ts";
import { givenEach, givenRun, givenRuns, keysOf } from "./given.ts";
import { status, text } from "./interference.ts";
import type { QuestionGroup } from "./question.ts";
import { failureOf, keyOf, sorted } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

async function observed({ remote }: Stage, runs: readonly ForeignRunRef[]) {
  return (await remote.observe(runs, never)).items;
}

export const observing: QuestionGroup = {
  title: "observed runs",
  questions: [
    {
      title: "all answer, however many are asked",
      async ask(stage) {
        const runs = await givenRuns(stage, ["running", "succeeded", "failed", "queued"], 60);
        const items = await observed(stage, runs);
        assert.deepEqual(sorted(items.map(keyOf)), sorted(keysOf(runs)));
      },
    },
    {
      title: "answer with their present state",
      async ask(stage) {
        const states: readonly RunState[] = ["queued", "running", "succeeded", "failed"];
        const runs = await givenEach(
          stage,
          states.map((state) => ({ state, jobId: "job_002" })),
        );
        const byKey = new Map((await observed(stage, runs)).map((run) => [keyOf(run), run.state]));
        assert.deepEqual(
          runs.map((run) => byKey.get(keyOf(run))),
          states,
        );
      },
    },
    {
      title: "are left out once the remote has forgotten them",
      async ask(stage) {
        const kept = await givenRun(stage);
        const forgotten = await givenRun(stage, { state: "succeeded" });
        await stage.world.removeRun(forgotten.jobId, forgotten.runId);
        assert.deepEqual((await observed(stage, [kept, forgotten])).map(keyOf), [keyOf(kept)]);
        assert.deepEqual(await observed(stage, [forgotten]), []);
      },
    },
    {
      title: "are not forgotten because the remote is unwell",
      async ask(stage) {
        const run = await givenRun(stage);
        for (const fault of [status(500), status(403), text("{}"), text("<html></html>", "text/html")]) {
          stage.proxy.interfere(fault);
          const error = await failureOf(() => stage.connect().observe([run], never));
          assert.ok(error instanceof RemoteError, `expected a RemoteError, got ${String(error)}`);
        }
      },
    },
    {
      title: "may be none at all",
      async ask(stage) {
        assert.deepEqual(await observed(stage, []), []);
      },
    },
  ],
};
