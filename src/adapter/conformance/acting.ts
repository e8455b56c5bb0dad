/** What else can be asked for: the answer says "heard", and observation says what came of it. */
import assert from "node:assert/strict";
import { isTerminal } from "../../model/run-state.ts";
import type { ForeignRunRef } from "../../model/foreign.ts";
import { givenRun, MINUTE_MS } from "./given.ts";
import type { QuestionGroup } from "./question.ts";
import { faultOf, readAll } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

async function stateOf({ remote }: Stage, run: ForeignRunRef) {
  const [seen] = (await remote.observe([run], never)).items;
  assert.ok(seen, "the run is gone");
  return seen.state;
}

async function isPaused({ remote }: Stage, jobId: string) {
  return (await readAll(remote.jobs(never))).items.find(({ id }) => id === jobId)?.paused;
}

export const acting: QuestionGroup = {
  title: "an act",
  questions: [
    {
      title: "of cancelling ends the run",
      needs: ["cancel"],
      async ask(stage) {
        const run = await givenRun(stage);
        await stage.remote.cancel?.(run, "asked by the suite", never);
        stage.advance(MINUTE_MS);
        assert.ok(isTerminal(await stateOf(stage, run)));
      },
    },
    {
      title: "of retrying opens the run again",
      needs: ["retry"],
      async ask(stage) {
        const run = await givenRun(stage, { state: "failed" });
        stage.advance(MINUTE_MS);
        const again = await stage.remote.retry?.({ run, key: "tutti-again", note: null }, never);
        assert.ok(again && !isTerminal(again.run.state));
        assert.ok(!isTerminal(await stateOf(stage, again.run)));
      },
    },
    {
      title: "of pausing shows, and so does resuming",
      needs: ["pause", "resume"],
      async ask(stage) {
        await stage.remote.pause?.("job_000", never);
        assert.equal(await isPaused(stage, "job_000"), true);
        await stage.remote.resume?.("job_000", never);
        assert.equal(await isPaused(stage, "job_000"), false);
      },
    },
    {
      title: "on a run that is not there is missing",
      needs: ["cancel"],
      async ask({ remote }) {
        const error = await faultOf(async () =>
          remote.cancel?.({ jobId: "job_000", runId: "no_such_run" }, "asked by the suite", never),
        );
        assert.equal(error.fault, "missing");
      },
    },
    {
      title: "of reading a log keeps to its bound",
      needs: ["log"],
      async ask(stage) {
        const run = await givenRun(stage, { state: "succeeded" });
        const whole = await stage.remote.log?.(run, { tail: 65_536 }, never);
        assert.ok(whole && (whole.missing !== null || whole.text.length > 0));
        const end = await stage.remote.log?.(run, { tail: 4 }, never);
        assert.ok(end && Buffer.byteLength(end.text) <= 4);
        assert.ok(whole.missing !== null || (end.cut && whole.text.endsWith(end.text)));
      },
    },
    {
      title: "of reading outputs answers JSON",
      needs: ["outputs"],
      async ask(stage) {
        const outputs = await stage.remote.outputs?.(await givenRun(stage, { state: "succeeded" }), never);
        assert.deepEqual(JSON.parse(JSON.stringify(outputs)), outputs);
      },
    },
    {
      title: "of reading parts names each",
      needs: ["parts"],
      async ask(stage) {
        const parts = await stage.remote.parts?.(await givenRun(stage, { state: "succeeded" }), never);
        for (const part of parts ?? []) assert.ok(part.id.length > 0 && part.name.length > 0);
      },
    },
  ],
};
