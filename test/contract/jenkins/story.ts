/** One job's story, asked of a Jenkins that may be a sandbox or a real one. */
import { expect } from "vitest";
import type { ForeignRun, ForeignRunRef } from "../../../src/model/foreign.ts";
import { isTerminal } from "../../../src/model/run-state.ts";
import { type Acting, collect, signal, startOf } from "./stage.ts";
import type { Remote } from "../../../src/adapter/contract.ts";

export interface Teller {
  readonly remote: Remote & Acting;
  /** A freestyle job that declares `TUTTI_KEY` and `date`, prints the date, and is built for some seconds. */
  readonly jobId: string;
  /** Unique for ever: a real Jenkins remembers the last story. */
  readonly stem: string;
  readonly now: () => Date;
  /** Lets time go on until the answer is no longer null. */
  until<T>(ask: () => Promise<T | null>): Promise<T>;
}

export async function tellStory(teller: Teller): Promise<void> {
  const { remote, jobId, stem, now } = teller;
  const seen = async (ref: ForeignRunRef) => (await remote.observe([ref], signal)).items[0] ?? null;
  const when = (ref: ForeignRunRef, is: (run: ForeignRun) => boolean) =>
    teller.until(async () => {
      const run = await seen(ref);
      return run && is(run) ? run : null;
    });

  expect((await remote.probe(signal)).version).toMatch(/^\d/);
  const job = (await collect(remote.jobs(signal))).find(({ id }) => id === jobId);
  expect(job).toMatchObject({ paused: false, handOff: "marked" });

  const began = now();
  const { run } = await startOf(remote, jobId, `${stem}-1`, { date: "2026-11-20" });
  expect(run).toMatchObject({
    state: "queued",
    cause: { kind: "us", key: `${stem}-1` },
    parameters: { date: "2026-11-20" },
  });
  const again = await startOf(remote, jobId, `${stem}-1`, { date: "2026-11-20" });
  expect(again).toMatchObject({ merged: false, run: { runId: run.runId } });

  const done = await when(run, ({ state }) => isTerminal(state));
  expect(done).toMatchObject({ state: "succeeded", formerly: run.runId, cause: { kind: "us", key: `${stem}-1` } });
  const request = { jobId, key: `${stem}-1`, sentAfter: began, taken: [] };
  expect(await remote.find(request, signal)).toMatchObject({ by: "key", run: { runId: done.runId } });
  expect(await remote.find({ ...request, key: `${stem}-never` }, signal)).toBeNull();
  expect((await remote.log(done, { tail: 65_536 }, signal)).text).toContain("Finished: SUCCESS");
  expect((await remote.log(done, { tail: 10 }, signal)).text.length).toBeLessThanOrEqual(10);
  expect(await remote.outputs(done, signal)).toMatchObject({ artifacts: [] });

  const { run: second } = await remote.retry({ run: done, key: `${stem}-2`, note: null }, signal);
  const running = await when(second, ({ state }) => state === "running");
  expect(running.parameters).toEqual({ date: "2026-11-20" });
  expect((await collect(remote.open(signal))).map(({ runId }) => runId)).toContain(running.runId);
  await remote.cancel(running, "the story goes so", signal);
  expect((await when(running, ({ state }) => isTerminal(state))).state).toBe("cancelled");

  await remote.pause(jobId, signal);
  expect((await collect(remote.jobs(signal))).find(({ id }) => id === jobId)?.paused).toBe(true);
  await expect(startOf(remote, jobId, `${stem}-3`)).rejects.toMatchObject({ fault: "conflict", uncertain: false });
  await remote.resume(jobId, signal);

  const told = (await collect(remote.runs(began, signal))).filter((one) => one.jobId === jobId);
  expect(new Map(told.map(({ runId, state }) => [runId, state]))).toEqual(
    new Map([
      [done.runId, "succeeded"],
      [running.runId, "cancelled"],
    ]),
  );
}
