/** One key, one run: whatever happens between the question and the answer. */
import assert from "node:assert/strict";
import type { ForeignRun } from "../../model/foreign.ts";
import { isTerminal } from "../../model/run-state.ts";
import type { Remote, Started } from "../contract.ts";
import { RemoteError } from "../remote-error.ts";
import type { Interference } from "./fault-proxy.ts";
import { loseAnswer, reset, stumbleAfterwards } from "./interference.ts";
import type { Question, QuestionGroup } from "./question.ts";
import { faultOf } from "./reading.ts";

const never = new AbortController().signal;

const KEY = "tutti-7f3a-key";

async function start(remote: Remote, { key = KEY, jobId = "job_000" } = {}): Promise<Started> {
  const request = { jobId, key, parameters: { date: "2026-03-01" }, note: "asked by the suite" };
  const started = await remote.start?.(request, never);
  assert.ok(started);
  return started;
}

async function find(remote: Remote, key = KEY): Promise<ForeignRun | null> {
  const request = { jobId: "job_000", key, sentAfter: new Date(0), taken: [] };
  const found = await remote.find?.(request, never);
  return found?.run ?? null;
}

/** The request that starts may not be the first: a token may have to be fetched before. */
function survives(title: string, how: Interference): Question {
  return {
    title,
    needs: ["start", "find"],
    async ask({ remote, proxy, world }) {
      proxy.interfere(how, (_nth, { method, path }) => method !== "GET" && path.includes("job_000"));
      const error = await faultOf(() => start(remote));
      proxy.mend();
      assert.ok(error.uncertain, "the error must say that a run may exist after all");
      const [begun] = await world.startedWithKey(KEY);
      assert.ok(begun, "the sandbox must have begun the run");
      assert.equal((await find(remote))?.runId, begun);
      assert.equal((await world.startedWithKey(KEY)).length, 1);
    },
  };
}

export const starting: QuestionGroup = {
  title: "a start",
  questions: [
    {
      title: "answers with the run, under our key",
      needs: ["start"],
      async ask({ remote, world }) {
        const { run } = await start(remote);
        assert.deepEqual(await world.startedWithKey(KEY), [run.runId]);
        assert.equal(run.jobId, "job_000");
        assert.equal(run.cause.key, KEY);
        assert.ok(!isTerminal(run.state));
      },
    },
    {
      title: "asked twice with one key makes one run",
      needs: ["start"],
      concerns: ({ handOff }) => handOff === "keyed",
      async ask({ remote, connect, world }) {
        const first = await start(remote);
        const again = await start(remote);
        const later = await start(connect());
        assert.equal(again.run.runId, first.run.runId);
        assert.equal(later.run.runId, first.run.runId);
        assert.equal((await world.startedWithKey(KEY)).length, 1);
      },
    },
    {
      title: "asked twice at once makes one run",
      needs: ["start"],
      concerns: ({ handOff }) => handOff === "keyed",
      async ask({ remote, world }) {
        const both = await Promise.allSettled([start(remote), start(remote)]);
        const [begun, ...more] = await world.startedWithKey(KEY);
        assert.ok(begun);
        assert.deepEqual(more, []);
        for (const one of both) {
          // Where the tool stumbles over the second, that is a doubt, and finding resolves it.
          const sure = one.status === "fulfilled" || (one.reason instanceof RemoteError && one.reason.uncertain);
          assert.ok(sure, String(one.status === "rejected" && one.reason));
          assert.equal(one.status === "fulfilled" ? one.value.run.runId : (await find(remote))?.runId, begun);
        }
      },
    },
    survives("whose answer is lost is found by its key", loseAnswer),
    survives("that stumbles afterwards is found by its key", stumbleAfterwards),
    {
      title: "that never arrived is found nowhere",
      needs: ["start", "find"],
      async ask({ remote, proxy, world }) {
        proxy.interfere(reset, (_nth, { method, path }) => method !== "GET" && path.includes("job_000"));
        await faultOf(() => start(remote));
        proxy.mend();
        assert.deepEqual(await world.startedWithKey(KEY), []);
        assert.equal(await find(remote), null);
      },
    },
    {
      title: "with another key is another run",
      needs: ["start", "find"],
      async ask({ remote }) {
        const one = await start(remote);
        const other = await start(remote, { key: "tutti-other-key" });
        assert.notEqual(one.run.runId, other.run.runId);
        assert.equal((await find(remote))?.runId, one.run.runId);
        assert.equal(await find(remote, "tutti-unheard-of"), null);
      },
    },
    {
      title: "of a job that is not there is missing",
      needs: ["start"],
      async ask({ remote }) {
        const error = await faultOf(() => start(remote, { jobId: "no_such_job" }));
        assert.equal(error.fault, "missing");
        assert.ok(!error.uncertain, "a clear no must not look like a doubt");
      },
    },
  ],
};
