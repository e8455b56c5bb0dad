/** An abort is somebody's decision, and never an outage. */
import assert from "node:assert/strict";
import type { Remote } from "../contract.ts";
import { givenRun, givenRuns, HOUR_MS } from "./given.ts";
import { hang } from "./interference.ts";
import type { QuestionGroup } from "./question.ts";
import { abortOf, readAll } from "./reading.ts";
import type { Stage } from "./stage.ts";

const PROMPTLY_MS = 3_000;

type Asking = (remote: Remote, signal: AbortSignal) => Promise<unknown>;

async function asking(stage: Stage): Promise<readonly Asking[]> {
  const run = await givenRun(stage);
  const window = { from: new Date(stage.now().getTime() - HOUR_MS), to: stage.now() };
  return [
    (remote, signal) => remote.probe(signal),
    (remote, signal) => readAll(remote.jobs(signal)),
    (remote, signal) => readAll(remote.runs(stage.now(), signal)),
    (remote, signal) => readAll(remote.history(window, signal)),
    (remote, signal) => readAll(remote.open(signal)),
    (remote, signal) => remote.observe([run], signal),
  ];
}

/** Aborts a question whose request has arrived and gets no answer. */
async function abortWhileItHangs(stage: Stage, ask: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  stage.proxy.interfere(hang);
  const controller = new AbortController();
  const arrived = stage.proxy.nextRequest();
  const answer = abortOf(() => ask(controller.signal));
  await arrived;
  const abortedAt = performance.now();
  controller.abort(new Error("the operator left"));
  await answer;
  stage.proxy.mend();
  assert.ok(performance.now() - abortedAt < PROMPTLY_MS, "the abort was noticed late");
}

export const aborts: QuestionGroup = {
  title: "an abort",
  questions: [
    {
      title: "stays an abort, whatever is being asked",
      async ask(stage) {
        for (const ask of await asking(stage))
          await abortWhileItHangs(stage, (signal) => ask(stage.connect({ longestTimeoutMs: PROMPTLY_MS }), signal));
      },
    },
    {
      title: "before the question asks nothing",
      async ask(stage) {
        for (const ask of await asking(stage)) await abortOf(() => ask(stage.connect(), AbortSignal.abort()));
        assert.equal(stage.proxy.seen.length, 0);
      },
    },
    {
      title: "between two pages ends the list",
      async ask(stage) {
        const since = stage.now();
        await givenRuns(stage, ["succeeded"]);
        const controller = new AbortController();
        const pages = stage.remote.runs(since, controller.signal)[Symbol.asyncIterator]();
        await pages.next();
        controller.abort();
        await abortOf(() => pages.next());
      },
    },
    {
      title: "does not make the remote look down",
      async ask(stage) {
        const remote = stage.connect({ breakAfter: 2 });
        for (let times = 0; times < 4; times += 1)
          await abortWhileItHangs(stage, (signal) => readAll(remote.jobs(signal)));
        assert.equal((await readAll(remote.jobs(stage.signal))).items.length, 3);
      },
    },
  ],
};
