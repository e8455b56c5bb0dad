/** Tools that cannot refuse a second start, and queue before they number: what may be relied on all the same. */
import assert from "node:assert/strict";
import type { ForeignRun } from "../../model/foreign.ts";
import type { Adapter, Remote, Started } from "../contract.ts";
import type { QuestionGroup } from "./question.ts";
import { readAll } from "./reading.ts";

const never = new AbortController().signal;

const KEY = "tutti-marked-key";

async function start(remote: Remote, key = KEY): Promise<Started> {
  const request = { jobId: "job_000", key, parameters: { date: "2026-03-01" }, note: null };
  const started = await remote.start?.(request, never);
  assert.ok(started);
  return started;
}

const isMarked = ({ handOff }: Adapter) => handOff === "marked";

export const marking: QuestionGroup = {
  title: "a marked start",
  questions: [
    {
      title: "asked twice while it waits is the same run, and ours",
      needs: ["start"],
      concerns: isMarked,
      async ask({ remote, connect, world }) {
        const first = await start(remote);
        const again = await start(connect());
        assert.equal(again.run.runId, first.run.runId);
        assert.deepEqual([first.merged, again.merged], [false, false]);
        assert.equal((await world.startedWithKey(KEY)).length, 1);
      },
    },
    {
      title: "is the same run under the name it takes when it begins",
      needs: ["start"],
      concerns: isMarked,
      async ask(stage) {
        const since = stage.now();
        const { run } = await start(stage.remote);
        await stage.world.setRun("job_000", run.runId, { state: "running", startedAt: stage.now() });
        const [begun] = await stage.world.startedWithKey(KEY);
        assert.ok(begun);
        const renamed = begun === run.runId ? null : run.runId;
        const tellings = [
          (await stage.remote.observe([run], never)).items,
          (await readAll(stage.remote.runs(since, never))).items,
          (await readAll(stage.remote.open(never))).items,
        ];
        for (const items of tellings) {
          const told: ForeignRun | undefined = items.find(({ runId }) => runId === begun);
          assert.ok(told, `${begun} is not told`);
          assert.equal(told.formerly, renamed);
          assert.equal(told.cause.key, KEY);
        }
      },
    },
    {
      title: "is found after the time in which it surely shows",
      needs: ["start", "find"],
      concerns: isMarked,
      async ask(stage) {
        const sentAfter = stage.now();
        await start(stage.remote);
        stage.advance(stage.adapter.visibleWithinMs);
        const request = { jobId: "job_000", key: KEY, sentAfter, taken: [] };
        const found = await stage.connect().find?.(request, never);
        assert.equal(found?.by, "key");
        assert.deepEqual([found.run.runId], await stage.world.startedWithKey(KEY));
        assert.equal(await stage.remote.find?.({ ...request, key: "tutti-unheard-of" }, never), null);
      },
    },
  ],
};
