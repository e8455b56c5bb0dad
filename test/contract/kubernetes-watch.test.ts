/** The lines of the checklist about list and watch, by their numbers. */
import { afterEach, describe, expect, it } from "vitest";
import type { KubernetesRun } from "../../adapters/kubernetes/sandbox/world.ts";
import { eventually } from "../support/eventually.ts";
import {
  all,
  beginWatch,
  type KubernetesStage,
  never,
  observed,
  openStage,
  type StageOptions,
} from "./kubernetes/stage.ts";

const jobId = "reports/nightly";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function given(options: StageOptions = {}) {
  const stage = await openStage(options);
  closing.push(stage.close);
  stage.sandbox.world.addJob({ id: jobId, schedule: "0 2 * * *" });
  return stage;
}

/** With both of its streams open. */
async function watching(stage: KubernetesStage) {
  const before = stage.sandbox.watches();
  const watch = beginWatch(stage.remote);
  closing.push(watch.stop);
  await eventually(() => stage.sandbox.watches() === before + 2);
  return watch;
}

function addRun({ sandbox }: KubernetesStage, run: Partial<KubernetesRun> = {}) {
  return sandbox.world.addRun({ jobId, state: "running", ...run });
}

const listsOf = ({ sandbox }: KubernetesStage) =>
  sandbox.world.requests.filter((line) => /^GET .*\/jobs\?(?!.*watch=)/.test(line));
const watchesOf = ({ sandbox }: KubernetesStage) =>
  sandbox.world.requests.filter((line) => /^GET .*\/jobs\?.*watch=1/.test(line));
const versionIn = (line = "") => new URL(line.slice(4), "http://cluster").searchParams.get("resourceVersion");

describe("a list and its watch", () => {
  it("1: pages by continue, and watches from the list's version", async () => {
    const stage = await given({ config: { pageSize: 10 } });
    for (let at = 0; at < 25; at += 1) addRun(stage, { state: "succeeded", queuedAt: new Date(at * 60_000) });
    const version = String(stage.sandbox.cluster.store.version);
    const { told } = await watching(stage);
    expect(listsOf(stage)).toHaveLength(3);
    expect(watchesOf(stage).map(versionIn)).toEqual([version]);
    await eventually(() => told.length === 25);
  });

  it("2: a bookmark moves it on, and a second watch lists nothing", async () => {
    const stage = await given();
    const first = await watching(stage);
    stage.sandbox.world.addJob({ id: "reports/other" });
    stage.sandbox.bookmark();
    stage.sandbox.endWatches("closed");
    const version = String(stage.sandbox.cluster.store.version);
    await eventually(() => versionIn(watchesOf(stage)[1]) === version);
    const lists = listsOf(stage).length;
    await first.stop();
    await eventually(() => stage.sandbox.watches() === 0);
    await watching(stage);
    expect(listsOf(stage)).toHaveLength(lists);
    expect(versionIn(watchesOf(stage).at(-1))).toBe(version);
  });

  it("3: a clean end is followed by another watch, after a while", async () => {
    const stage = await given({ watch: { restartMs: 60 } });
    const { told } = await watching(stage);
    const before = performance.now();
    stage.sandbox.endWatches("closed");
    await eventually(() => watchesOf(stage).length === 2);
    expect(performance.now() - before).toBeGreaterThan(50);
    const run = addRun(stage);
    await eventually(() => told.includes(run));
    expect(listsOf(stage)).toHaveLength(1);
  });

  it("4: what happens while a socket is down is told once it is up", async () => {
    const stage = await given({ watch: { firstRetryMs: 100 } });
    const { told } = await watching(stage);
    stage.sandbox.endWatches("cut");
    await eventually(() => stage.sandbox.watches() === 0);
    const run = addRun(stage);
    await eventually(() => told.includes(run));
    expect(listsOf(stage)).toHaveLength(1);
    expect(stage.remote.memory.size.live).toBe(1);
  });

  it("5: silence is a dead connection, and it comes back", async () => {
    const stage = await given({ watch: { idleMs: 80 } });
    const { told } = await watching(stage);
    stage.sandbox.quirks.muteWatches = true;
    const run = addRun(stage);
    await eventually(() => watchesOf(stage).length > 1);
    stage.sandbox.quirks.muteWatches = false;
    await eventually(() => told.includes(run));
    expect(stage.host.printed()).toMatch(/the watch was interrupted/);
  });

  it.each([
    ["a status", true],
    ["an event", false],
  ])("6: 410 as %s lists anew, and what is absent was deleted", async (_how, goneAsStatus) => {
    const stage = await given({ watch: { firstRetryMs: 200, restartMs: 200 } });
    stage.sandbox.quirks.goneAsStatus = goneAsStatus;
    const [kept, ended, lost] = [addRun(stage), addRun(stage, { state: "succeeded" }), addRun(stage)];
    const { told } = await watching(stage);
    await eventually(() => told.length === 3);
    stage.sandbox.endWatches("closed");
    for (const run of [ended, lost]) stage.sandbox.world.removeRun(jobId, run);
    stage.sandbox.world.compact();
    await eventually(() => told.length === 5);
    expect(told.slice(3).toSorted()).toEqual([ended, lost].toSorted());
    expect(listsOf(stage).length).toBeGreaterThan(1);
    expect((await observed(stage.remote, { jobId, runId: ended }))[0]?.state).toBe("succeeded");
    expect(await observed(stage.remote, { jobId, runId: lost })).toEqual([]);
    expect((await observed(stage.remote, { jobId, runId: kept }))[0]?.state).toBe("running");
  });

  it("7: an expired continue token is no loop, and loses nothing", async () => {
    const stage = await given({ config: { pageSize: 10 } });
    const runs = Array.from({ length: 25 }, (_, at) => addRun(stage, { queuedAt: new Date(at * 60_000) }));
    const seen: string[] = [];
    for await (const page of stage.remote.open(never)) {
      if (seen.length === 0) stage.sandbox.world.compact();
      seen.push(...page.items.map(({ runId }) => runId));
    }
    expect(seen.toSorted()).toEqual(runs.toSorted());
    expect(listsOf(stage)).toHaveLength(4);
  });

  it("10: an event that makes no sense does not end the watch", async () => {
    const stage = await given();
    const { told } = await watching(stage);
    const { store } = stage.sandbox.cluster;
    const metadata = { name: "odd", namespace: "reports", uid: "" };
    store.create("jobs", { apiVersion: "batch/v1", kind: "Job", metadata, spec: {}, status: {} }, "yesterday");
    const run = addRun(stage);
    await eventually(() => told.includes(run));
    expect(stage.host.printed()).toMatch(/an event of the watch could not be used/);
    expect(watchesOf(stage)).toHaveLength(1);
  });

  it("13: a Job that is deleted tells how it ended, if it had", async () => {
    const stage = await given();
    const [done, running] = [addRun(stage, { state: "succeeded" }), addRun(stage)];
    const cancelled = addRun(stage, { state: "waiting" });
    const { told } = await watching(stage);
    await eventually(() => told.length === 3);
    await stage.remote.cancel({ jobId, runId: cancelled }, "no longer wanted", never);
    for (const run of [done, running]) stage.sandbox.world.removeRun(jobId, run);
    await eventually(() => told.filter((run) => run === cancelled).length > 1 && told.includes(running, 3));
    const states = await observed(stage.remote, ...[done, running, cancelled].map((runId) => ({ jobId, runId })));
    expect(Object.fromEntries(states.map(({ runId, state }) => [runId, state]))).toEqual({
      [done]: "succeeded",
      [cancelled]: "cancelled",
    });
  });

  it("14: a Job with a TTL of 0 leaves its end, its reason and its last words", async () => {
    const stage = await given();
    const { told } = await watching(stage);
    const since = new Date();
    const run = addRun(stage, { spec: { ttlSecondsAfterFinished: 0 } });
    await eventually(() => told.includes(run));
    const end = { exitCode: 137, podReason: "OOMKilled", words: "the ledger did not fit" };
    stage.sandbox.world.setRun(jobId, run, { state: "failed", end });
    expect(() => stage.sandbox.world.job(jobId, run)).toThrow(/has no Job/);
    // Its pod is told of by another stream, which may be the slower one.
    await eventually(async () => (await observed(stage.remote, { jobId, runId: run }))[0]?.error?.kind === "oom");
    const [gone] = await observed(stage.remote, { jobId, runId: run });
    expect(gone?.error).toMatchObject({
      kind: "oom",
      message: expect.stringMatching(/backoff.*137.*ledger did not fit/),
    });
    expect(await stage.remote.outputs({ jobId, runId: run }, never)).toBe("the ledger did not fit");
    // Whoever did not wait for it hears of it from the next pass.
    expect((await all(stage.remote.runs(since, never))).map(({ runId }) => runId)).toEqual([run]);
  });

  it("15: the same name with another uid is another run", async () => {
    const stage = await given();
    const run = { jobId: "reports/job/migrate", standalone: true, runId: "migrate", state: "succeeded" } as const;
    const first = stage.sandbox.world.addRun(run);
    stage.sandbox.world.removeRun(run.jobId, first);
    const second = stage.sandbox.world.addRun({ ...run, state: "running" });
    expect(second).not.toBe(first);
    expect((await observed(stage.remote, { jobId: run.jobId, runId: second }))[0]?.state).toBe("running");
    expect(await observed(stage.remote, { jobId: run.jobId, runId: first })).toEqual([]);
  });

  it("29: a forbidden namespace keeps nobody else from being seen", async () => {
    const stage = await given({ config: { namespaces: ["reports", "secret"] } });
    stage.sandbox.world.addJob({ id: "secret/hidden" });
    const [seen, hidden] = [addRun(stage), stage.sandbox.world.addRun({ jobId: "secret/hidden", state: "running" })];
    const watch = beginWatch(stage.remote);
    closing.push(watch.stop);
    await eventually(() => watch.told.includes(seen) && watch.told.includes(hidden));
    for (const right of ["list jobs.batch", "watch jobs.batch", "list cronjobs.batch"])
      stage.sandbox.quirks.forbidden.add(`${right} in secret`);
    stage.sandbox.endWatches("closed");
    stage.sandbox.world.compact();
    const next = addRun(stage);
    await eventually(() => watch.told.includes(next));
    expect(watch.told.filter((run) => run === hidden)).toHaveLength(1);
    // What is read is told; and that it is not all of it, is told as well.
    const [jobs, runs]: string[][] = [[], []];
    const listing = async () => {
      for await (const { items } of stage.remote.jobs(never)) jobs?.push(...items.map(({ id }) => id));
    };
    const reading = async () => {
      for await (const { items } of stage.remote.open(never)) runs?.push(...items.map(({ runId }) => runId));
    };
    await expect(listing()).rejects.toMatchObject({ fault: "refused", status: 403 });
    await expect(reading()).rejects.toMatchObject({ fault: "refused", message: /in the namespace "secret"/ });
    expect(jobs).toContain(jobId);
    expect(runs).toContain(seen);
  });
});
