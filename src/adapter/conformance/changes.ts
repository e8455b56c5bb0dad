/** Runs that changed: repeats are harmless, gaps are not. */
import assert from "node:assert/strict";
import type { Remote } from "../contract.ts";
import { isTerminal } from "../../model/run-state.ts";
import { givenRun, givenRuns, HOUR_MS, keysOf, MINUTE_MS } from "./given.ts";
import type { QuestionGroup } from "./question.ts";
import { keyOf, lastSightings, neverCut, readAll, sorted } from "./reading.ts";

const never = new AbortController().signal;

function changedSince(since: Date) {
  return async (remote: Remote) => (await readAll(remote.runs(since, never))).items.map(keyOf);
}

export const changes: QuestionGroup = {
  title: "changed runs",
  questions: [
    {
      title: "come to the last, over several pages",
      async ask(stage) {
        const since = stage.now();
        const runs = await givenRuns(stage, ["succeeded", "failed"]);
        const { items, pages } = await readAll(stage.remote.runs(since, never));
        assert.deepEqual(sorted(items.map(keyOf)), sorted(keysOf(runs)));
        assert.ok(pages.length > 2, "the question proves something only over three pages or more");
      },
    },
    {
      title: "are all there again when asked for again",
      async ask(stage) {
        const since = stage.now();
        await givenRuns(stage, ["running", "succeeded"], 5);
        const first = await changedSince(since)(stage.remote);
        assert.equal(sorted(first).length, 5);
        assert.deepEqual(sorted(await changedSince(since)(stage.remote)), sorted(first));
      },
    },
    {
      title: "are seen when they change between two passes",
      async ask(stage) {
        const kept = await givenRun(stage);
        const moved = await givenRun(stage);
        const { readAt } = await readAll(stage.remote.runs(stage.now(), never));
        stage.advance(10 * MINUTE_MS);
        await stage.world.setRun(moved.jobId, moved.runId, { state: "succeeded", endedAt: stage.now() });
        const fresh = await givenRun(stage, { jobId: "job_001", state: "queued" });
        stage.advance(10 * MINUTE_MS);

        const seen = lastSightings((await readAll(stage.remote.runs(readAt, never))).items);
        assert.equal(seen.get(keyOf(moved))?.state, "succeeded");
        assert.equal(seen.get(keyOf(fresh))?.state, "queued");
        assert.notEqual(seen.get(keyOf(kept))?.state, "succeeded");
      },
    },
    {
      title: "are seen when they change during a pass",
      async ask(stage) {
        const since = stage.now();
        const runs = await givenRuns(stage, ["running"]);
        const moved = [...runs.slice(0, 3), ...runs.slice(-3)];
        const sightings = [];
        let readAt: Date | null = null;
        for await (const page of stage.remote.runs(since, never)) {
          sightings.push(...page.items);
          if (readAt === null) {
            stage.advance(MINUTE_MS);
            for (const run of moved)
              await stage.world.setRun(run.jobId, run.runId, { state: "failed", endedAt: stage.now() });
          }
          readAt ??= page.readAt;
        }
        stage.advance(MINUTE_MS);
        const next = await readAll(stage.remote.runs(readAt ?? since, never));

        const seen = lastSightings([...sightings, ...next.items]);
        assert.deepEqual(sorted(seen.keys()), sorted(keysOf(runs)));
        for (const run of moved) assert.equal(seen.get(keyOf(run))?.state, "failed", `${keyOf(run)} was missed`);
      },
    },
    {
      title: "are open again when the tool starts a finished one anew",
      async ask(stage) {
        const run = await givenRun(stage, { state: "failed" });
        const { readAt } = await readAll(stage.remote.runs(stage.now(), never));
        stage.advance(HOUR_MS);
        await stage.world.setRun(run.jobId, run.runId, { state: "running", startedAt: stage.now(), endedAt: null });
        stage.advance(MINUTE_MS);
        const seen = lastSightings((await readAll(stage.remote.runs(readAt, never))).items).get(keyOf(run));
        assert.ok(seen, "the rerun was not seen");
        assert.ok(!isTerminal(seen.state), `the rerun was seen as ${seen.state}`);
      },
    },
    {
      title: "are never half a list",
      async ask(stage) {
        const since = stage.now();
        const runs = await givenRuns(stage, ["succeeded"]);
        await neverCut(stage, changedSince(since), keysOf(runs));
      },
    },
    {
      title: "carry the remote's time and not ours",
      async ask(stage) {
        await givenRun(stage);
        for (const { readAt } of (await readAll(stage.remote.runs(stage.now(), never))).pages)
          assert.ok(
            Math.abs(readAt.getTime() - stage.now().getTime()) < MINUTE_MS,
            `read at ${readAt.toISOString()}, when it was ${stage.now().toISOString()} there`,
          );
      },
    },
  ],
};
