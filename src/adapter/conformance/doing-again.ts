/** An act asked for twice is done once, and one that came too late is refused: people press buttons again. */
import assert from "node:assert/strict";
import type { ForeignRunRef } from "../../model/foreign.ts";
import { isTerminal } from "../../model/run-state.ts";
import type { Remote } from "../contract.ts";
import { givenRun, MINUTE_MS } from "./given.ts";
import { loseAnswer, stumbleAfterwards } from "./interference.ts";
import type { Question, QuestionGroup } from "./question.ts";
import { failureOf, faultOf, readAll } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

async function stateOf({ remote }: Stage, run: ForeignRunRef) {
  const [seen] = (await remote.observe([run], never)).items;
  assert.ok(seen, "the run is gone");
  return seen.state;
}

function retryOf(remote: Remote, run: ForeignRunRef, key = "tutti-again") {
  return remote.retry?.({ run, key, note: null }, never);
}

/** A doubt is only a doubt when it is told: whoever hears "no" would do it another way. */
function doubted(
  what: string,
  needs: Question["needs"],
  act: (remote: Remote, run: ForeignRunRef) => Promise<unknown>,
) {
  return [loseAnswer, stumbleAfterwards].map(
    (how): Question => ({
      title: `of ${what} is in doubt when ${how === loseAnswer ? "its answer is lost" : "the remote stumbles afterwards"}`,
      ...(needs ? { needs } : {}),
      async ask(stage) {
        const run = await givenRun(stage, { state: what === "retrying" ? "failed" : "running" });
        stage.advance(MINUTE_MS);
        // Logged in already, so that the first request that is no question is the act itself.
        await stateOf(stage, run);
        stage.proxy.interfere(how, (_nth, { method }) => method !== "GET");
        const error = await faultOf(() => act(stage.remote, run));
        stage.proxy.mend();
        assert.ok(error.uncertain, "the error must say that it may have happened after all");
      },
    }),
  );
}

export const doingAgain: QuestionGroup = {
  title: "an act done again",
  questions: [
    {
      title: "of cancelling leaves a run that has ended as it ended",
      needs: ["cancel"],
      async ask(stage) {
        const run = await givenRun(stage, { state: "succeeded" });
        const outcome = await stage.remote.cancel?.(run, "too late", never).catch((error: unknown) => error);
        assert.equal(await stateOf(stage, run), "succeeded");
        // Quiet or a clear no, but never a doubt about what is certain.
        if (outcome !== undefined) assert.ok(!(await faultOf(() => Promise.reject(outcome))).uncertain);
      },
    },
    {
      title: "of retrying leaves a run that is open alone",
      needs: ["retry"],
      async ask(stage) {
        const run = await givenRun(stage, { state: "running" });
        const error = await faultOf(async () => retryOf(stage.remote, run));
        assert.equal(error.fault, "conflict");
        assert.equal(await stateOf(stage, run), "running");
      },
    },
    {
      title: "of retrying under one key begins one attempt",
      needs: ["retry"],
      concerns: ({ handOff }) => handOff === "keyed",
      async ask(stage) {
        const run = await givenRun(stage, { state: "failed" });
        stage.advance(MINUTE_MS);
        const first = await retryOf(stage.remote, run);
        assert.ok(first);
        stage.advance(MINUTE_MS);
        const [{ jobId, runId }, at] = [first.run, stage.now()];
        await stage.world.setRun(jobId, runId, { state: "running", startedAt: at });
        await stage.world.setRun(jobId, runId, { state: "succeeded", endedAt: at });
        stage.advance(MINUTE_MS);
        for (const remote of [stage.remote, stage.connect()]) {
          const again = await retryOf(remote, run);
          assert.equal(again?.run.runId, runId);
          assert.equal(await stateOf(stage, first.run), "succeeded");
        }
      },
    },
    {
      title: "of retrying after a cancel is a run of its own merit",
      needs: ["cancel", "retry"],
      async ask(stage) {
        const run = await givenRun(stage);
        await stage.remote.cancel?.(run, "asked by the suite", never);
        if (!isTerminal(await stateOf(stage, run))) return;
        stage.advance(MINUTE_MS);
        const again = await retryOf(stage.remote, run);
        assert.ok(again);
        stage.advance(MINUTE_MS);
        const at = stage.now();
        await stage.world.setRun(again.run.jobId, again.run.runId, { state: "running", startedAt: at, endedAt: null });
        await stage.world.setRun(again.run.jobId, again.run.runId, { state: "failed", endedAt: at });
        assert.equal(await stateOf(stage, again.run), "failed", "the cancel of the first attempt was believed again");
      },
    },
    {
      title: "of pausing changes nothing",
      needs: ["pause", "resume"],
      async ask({ remote }) {
        for (const paused of [true, true, false, false]) {
          if (paused) await remote.pause?.("job_001", never);
          else await remote.resume?.("job_001", never);
          const job = (await readAll(remote.jobs(never))).items.find(({ id }) => id === "job_001");
          assert.equal(job?.paused, paused);
        }
      },
    },
    {
      title: "of pausing a job that is not there fails",
      needs: ["pause"],
      async ask({ remote }) {
        await failureOf(async () => remote.pause?.("no_such_job", never));
      },
    },
    ...doubted("cancelling", ["cancel"], async (remote, run) => remote.cancel?.(run, "asked by the suite", never)),
    ...doubted("retrying", ["retry"], async (remote, run) => retryOf(remote, run)),
    {
      title: "of asking for a log of a run that is not there is missing",
      needs: ["log"],
      async ask({ remote }) {
        const gone = { jobId: "job_000", runId: "no_such_run" };
        const log = await remote.log?.(gone, { tail: 1_000 }, never).catch((error: unknown) => error);
        if (log && typeof log === "object" && "missing" in log) return assert.ok(log.missing !== null);
        assert.equal((await faultOf(() => Promise.reject(log))).fault, "missing");
      },
    },
    {
      title: "of listing gates and links comes to an end",
      async ask({ remote }) {
        if (remote.gates) await readAll(remote.gates(never));
        if (remote.links) await readAll(remote.links(never));
      },
    },
  ],
};
