/** The past, for a first look back. */
import assert from "node:assert/strict";
import type { ForeignRun } from "../../model/foreign.ts";
import type { Remote } from "../contract.ts";
import { givenEach, givenRun, HOUR_MS, keysOf, MINUTE_MS } from "./given.ts";
import type { QuestionGroup } from "./question.ts";
import { keyOf, neverCut, readAll, sorted } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

/** Finished runs, one a minute into the past. */
async function givenPast(stage: Stage) {
  const now = stage.now().getTime();
  const runs = Array.from({ length: stage.many }, (_, at) => {
    const startedAt = new Date(now - (at + 2) * MINUTE_MS);
    const endedAt = new Date(startedAt.getTime() + 30_000);
    return { jobId: `job_00${at % 3}`, state: "succeeded", queuedAt: startedAt, startedAt, endedAt } as const;
  });
  return { runs: await givenEach(stage, runs), window: { from: new Date(now - 24 * HOUR_MS), to: new Date(now) } };
}

function between(window: { readonly from: Date; readonly to: Date }) {
  return async (remote: Remote) => (await readAll(remote.history(window, never))).items;
}

function begunAt({ startedAt, queuedAt }: ForeignRun): number {
  return (startedAt ?? queuedAt)?.getTime() ?? Number.NaN;
}

export const history: QuestionGroup = {
  title: "the past",
  questions: [
    {
      title: "comes to the last run, over several pages",
      async ask(stage) {
        const { runs, window } = await givenPast(stage);
        const { items, pages } = await readAll(stage.remote.history(window, never));
        assert.deepEqual(sorted(items.map(keyOf)), sorted(keysOf(runs)));
        assert.ok(pages.length > 2, "the question proves something only over three pages or more");
      },
    },
    {
      title: "comes newest first",
      async ask(stage) {
        const { window } = await givenPast(stage);
        const times = (await between(window)(stage.remote)).map(begunAt);
        assert.equal(times.length, stage.many);
        assert.deepEqual(
          times,
          [...times].sort((a, b) => b - a),
        );
      },
    },
    {
      title: "keeps to its window",
      async ask(stage) {
        const at = (hours: number) => new Date(stage.now().getTime() - hours * HOUR_MS);
        const run = (hours: number) =>
          givenRun(stage, { state: "failed", queuedAt: at(hours), startedAt: at(hours), endedAt: at(hours - 0.1) });
        await run(30);
        const inside = await run(20);
        await run(10);
        const items = await between({ from: at(25), to: at(15) })(stage.remote);
        assert.deepEqual(items.map(keyOf), [keyOf(inside)]);
      },
    },
    {
      title: "is never half a list",
      async ask(stage) {
        const { runs, window } = await givenPast(stage);
        await neverCut(stage, async (remote) => (await between(window)(remote)).map(keyOf), keysOf(runs));
      },
    },
  ],
};
