/** The acting half of what an adapter for Jenkins must survive, by the numbers of its checklist. */
import { describe, expect, it } from "vitest";
import { loseAnswer, reset, status } from "../../src/adapter/conformance/interference.ts";
import { collect, openStage, type Stage, signal, startOf } from "./jenkins/stage.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const posts = (stage: Stage) => stage.asked().filter((line) => line.startsWith("POST"));
const observed = async (stage: Stage, jobId: string, runId: string) =>
  (await stage.remote.observe([{ jobId, runId }], signal)).items[0];

/** A job that takes no key: only its user tells whose builds are whose. */
async function blindStage(): Promise<Stage> {
  const stage = await openStage();
  stage.world.addJob({ id: "blind", parameters: [] });
  return stage;
}

const byUser = (userId: string) => ({
  kind: "hudson.model.Cause$UserIdCause",
  text: `Started by user ${userId}`,
  userId,
});

describe("19. a start", () => {
  it("201 is an item of the queue, under our key", async () => {
    const stage = await openStage({ jobs: 1 });
    const { run, merged, warning } = await startOf(stage.remote, "job_000", "key-1", { date: "2026-11-20" });
    expect(run).toMatchObject({
      runId: "queue/1",
      state: "queued",
      cause: { kind: "us", by: "tutti", key: "key-1" },
      parameters: { date: "2026-11-20" },
      queuedAt: stage.now(),
    });
    expect([merged, warning]).toEqual([false, null]);
    expect(posts(stage)).toEqual(["POST /job/job_000/buildWithParameters"]);
    const [request] = stage.proxy.seen.filter(({ method }) => method === "POST");
    expect(request?.body.toString()).toBe("date=2026-11-20&TUTTI_KEY=key-1");
  });

  it("303 with our key is our own request, asked before", async () => {
    const stage = await openStage({ jobs: 1 });
    const first = await startOf(stage.remote, "job_000", "key-1");
    const again = await startOf(stage.remote, "job_000", "key-1");
    const other = await startOf(stage.remote, "job_000", "key-2");
    expect(again).toMatchObject({ merged: false, run: { runId: first.run.runId } });
    expect(other.run.runId).not.toBe(first.run.runId);
    expect(stage.world.startedWithKey("key-1")).toHaveLength(1);
  });

  it("folded into what somebody else asked for is told as merged", async () => {
    const stage = await blindStage();
    const theirs = stage.world.addRun({ jobId: "blind", state: "queued", causes: [byUser("alice")] });
    const { run, merged, warning } = await startOf(stage.remote, "blind", "key-1");
    expect([run.runId, merged]).toEqual([theirs, true]);
    expect(warning).toContain("somebody else");
    expect((await startOf((await blindStage()).remote, "blind", "key-1")).merged).toBe(false);
  });

  it("302 without an item was refused, and surely", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.quirks.refusesToQueue = true;
    await expect(startOf(stage.remote, "job_000", "k")).rejects.toMatchObject({ fault: "conflict", uncertain: false });
  });

  it("201 without its item leaves a doubt", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.proxy.interfere(
      async ({ forward, answer }) => {
        const { headers, ...rest } = await forward();
        answer({ ...rest, headers: { ...headers, location: undefined } });
      },
      (_, { method }) => method === "POST",
    );
    await expect(startOf(stage.remote, "job_000", "k")).rejects.toMatchObject({ uncertain: true });
  });

  it("409 of a disabled job, 403 without the right, 404 of none are clear", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.world.changeJob("job_000", { disabled: true });
    await expect(startOf(stage.remote, "job_000", "k")).rejects.toMatchObject({
      fault: "conflict",
      status: 409,
      uncertain: false,
    });
    stage.world.changeJob("job_000", { disabled: false });
    stage.sandbox.quirks.forbidden.add("Job/Build");
    await expect(startOf(stage.remote, "job_000", "k")).rejects.toMatchObject({
      fault: "refused",
      status: 403,
      uncertain: false,
    });
    await expect(startOf(stage.remote, "nope", "k")).rejects.toMatchObject({ fault: "missing", uncertain: false });
    stage.proxy.interfere(status(400), (_, { method }) => method === "POST");
    await expect(startOf(stage.remote, "job_000", "k")).rejects.toMatchObject({ fault: "malformed", uncertain: false });
  });

  it("that Jenkins would cut is never sent", async () => {
    const stage = await openStage();
    const choice = { name: "stage", type: "Choice", choices: ["dev", "prod"] } as const;
    stage.world.addJob({
      id: "job",
      parameters: [choice, { name: "dry", type: "Boolean" }, { name: "file", type: "File" }],
    });
    const refused = (parameters: object) => startOf(stage.remote, "job", "k", parameters as never);
    for (const [parameters, reason] of [
      [{ stag: "dev" }, /declares no parameter "stag".*it declares stage, dry, file/],
      [{ stage: "test" }, /does not offer "test".*dev, prod/],
      [{ dry: "maybe" }, /true or false/],
      [{ file: "x" }, /a file/],
      [["dev"], /by name/],
    ] as const)
      await expect(refused(parameters)).rejects.toMatchObject({
        fault: "malformed",
        uncertain: false,
        message: expect.stringMatching(reason),
      });
    expect(posts(stage)).toEqual([]);
    const { run } = await refused({ stage: "prod", dry: true });
    expect(run.parameters).toMatchObject({ stage: "prod", dry: true });
  });

  it("of a job without parameters goes by the plain door", async () => {
    const stage = await blindStage();
    await startOf(stage.remote, "blind", "key-1");
    expect(posts(stage)).toEqual(["POST /job/blind/build"]);
    expect((await collect(stage.remote.jobs(signal)))[0]?.handOff).toBe("blind");
  });

  it("is certain, even where the item cannot be read afterwards", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.proxy.interfere(status(500), (_, { path }) => path.includes("/queue/item/"));
    const { run } = await startOf(stage.remote, "job_000", "key-1", { date: "x" });
    expect(run).toMatchObject({
      runId: "queue/1",
      state: "queued",
      parameters: { date: "x" },
      cause: { key: "key-1" },
    });
  });
});

describe("20. an item of the queue", () => {
  it("waits, is blocked, leaves, and is a build", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "job", concurrent: false });
    const busy = stage.world.addRun({ jobId: "job", state: "running" });
    const { run } = await startOf(stage.remote, "job", "key-1");
    expect(await observed(stage, "job", run.runId)).toMatchObject({ state: "queued", native: { word: "waiting" } });
    stage.advance(6 * SECOND);
    expect(await observed(stage, "job", run.runId)).toMatchObject({ state: "queued", native: { word: "blocked" } });
    stage.world.setRun("job", busy, { state: "succeeded" });
    stage.sandbox.quirks.hidesNewBuilds = true;
    expect(await observed(stage, "job", run.runId)).toMatchObject({ runId: run.runId, native: { word: "left" } });
    stage.sandbox.quirks.hidesNewBuilds = false;
    expect(await observed(stage, "job", run.runId)).toMatchObject({
      state: "running",
      formerly: run.runId,
      cause: { kind: "us", key: "key-1" },
    });
    expect((await observed(stage, "job", run.runId))?.runId).toMatch(/^2@/);
  });

  it("is told as what it became by every list", async () => {
    const stage = await openStage({ jobs: 1 });
    const since = stage.now();
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    expect((await collect(stage.remote.runs(since, signal))).map(({ runId }) => runId)).toEqual([run.runId]);
    stage.advance(10 * SECOND);
    for (const list of [stage.remote.runs(since, signal), stage.remote.open(signal), stage.connect().open(signal)])
      expect(await collect(list)).toMatchObject([{ state: "running", formerly: run.runId }]);
    stage.advance(MINUTE);
    expect(await collect(stage.remote.runs(since, signal))).toMatchObject([
      { state: "succeeded", formerly: run.runId },
    ]);
  });

  it("that was taken out is cancelled, and later gone", async () => {
    const stage = await openStage({ jobs: 1 });
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    stage.world.setRun("job_000", run.runId, { state: "cancelled" });
    expect(await observed(stage, "job_000", run.runId)).toMatchObject({
      state: "cancelled",
      native: { rule: "queue.cancelled" },
    });
    stage.advance(6 * MINUTE);
    expect(await observed(stage, "job_000", run.runId)).toBeUndefined();
  });
});

describe("21. an item that Jenkins forgot", () => {
  it("is recovered by its number in the build", async () => {
    const stage = await openStage({ jobs: 1 });
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    stage.advance(10 * MINUTE);
    await collect(stage.remote.open(signal));
    stage.advance(6 * MINUTE);
    expect(await observed(stage, "job_000", run.runId)).toMatchObject({ state: "succeeded", formerly: run.runId });
    const { run: second } = await startOf(stage.remote, "job_000", "key-2");
    stage.advance(6 * SECOND);
    await collect(stage.remote.open(signal));
    stage.sandbox.restart();
    expect(await observed(stage, "job_000", second.runId)).toMatchObject({
      formerly: second.runId,
      cause: { key: "key-2" },
    });
  });
});

describe("22. a start whose answer is lost", () => {
  it("is one build with the key, found wherever it is by then", async () => {
    const stage = await openStage({ jobs: 1 });
    const request = { jobId: "job_000", key: "key-1", sentAfter: stage.now(), taken: [] };
    stage.proxy.interfere(loseAnswer, (_, { method }) => method === "POST");
    await expect(startOf(stage.remote, "job_000", "key-1")).rejects.toMatchObject({ uncertain: true });
    stage.proxy.mend();
    expect(await stage.remote.find(request, signal)).toMatchObject({ by: "key", run: { state: "queued" } });
    stage.advance(10 * SECOND);
    expect(await stage.remote.find(request, signal)).toMatchObject({
      by: "key",
      run: { state: "running", formerly: "queue/1" },
    });
    stage.advance(HOUR);
    expect(await stage.remote.find(request, signal)).toMatchObject({ by: "key", run: { state: "succeeded" } });
    expect(stage.world.startedWithKey("key-1")).toHaveLength(1);
    expect(posts(stage)).toHaveLength(1);
  });

  it("that never arrived is nowhere", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.proxy.interfere(reset, (_, { method }) => method === "POST");
    await expect(startOf(stage.remote, "job_000", "key-1")).rejects.toMatchObject({ uncertain: true });
    stage.proxy.mend();
    expect(
      await stage.remote.find({ jobId: "job_000", key: "key-1", sentAfter: stage.now(), taken: [] }, signal),
    ).toBeNull();
  });

  it("without a key is found by exclusion, and a second POST is never ours to send", async () => {
    const stage = await blindStage();
    const before = stage.world.addRun({ jobId: "blind", state: "succeeded", causes: [byUser("tutti")] });
    stage.advance(MINUTE);
    const sentAfter = stage.now();
    stage.proxy.interfere(loseAnswer, (_, { method }) => method === "POST");
    await expect(startOf(stage.remote, "blind", "key-1")).rejects.toMatchObject({ uncertain: true });
    stage.proxy.mend();
    stage.world.addRun({ jobId: "blind", state: "running", causes: [byUser("alice")] });
    const request = { jobId: "blind", key: "key-1", sentAfter, taken: [] };
    expect(await stage.remote.find(request, signal)).toMatchObject({ by: "exclusion", run: { runId: "queue/2" } });
    stage.advance(10 * SECOND);
    const found = await stage.remote.find(request, signal);
    expect(found).toMatchObject({ by: "exclusion", run: { formerly: "queue/2" } });
    expect(found?.run.runId).not.toBe(before);
    expect(posts(stage)).toHaveLength(1);
  });

  it("is not mistaken for another request's run, nor guessed at among several", async () => {
    const stage = await blindStage();
    const sentAfter = stage.now();
    const one = stage.world.addRun({ jobId: "blind", state: "running", causes: [byUser("TUTTI")] });
    const request = { jobId: "blind", key: "key-1", sentAfter };
    expect(await stage.remote.find({ ...request, taken: [one] }, signal)).toBeNull();
    expect(await stage.remote.find({ ...request, taken: ["queue/1"] }, signal)).toBeNull();
    stage.world.addRun({ jobId: "blind", state: "running", causes: [byUser("tutti")] });
    await expect(stage.remote.find({ ...request, taken: [] }, signal)).rejects.toMatchObject({
      fault: "conflict",
      uncertain: true,
      message: expect.stringContaining("Declare a string parameter"),
    });
    expect(await stage.remote.find({ ...request, taken: [one] }, signal)).toMatchObject({ by: "exclusion" });
  });

  it("is looked for beyond the hundred newest builds", async () => {
    const stage = await openStage({ jobs: 1 });
    const sentAfter = stage.now();
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    stage.advance(10 * SECOND);
    await observed(stage, "job_000", run.runId);
    for (let times = 0; times < 120; times += 1) stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    const request = { jobId: "job_000", key: "key-1", sentAfter, taken: [] };
    expect(await stage.remote.find(request, signal)).toMatchObject({ by: "key", run: { formerly: run.runId } });
    expect(await stage.remote.find({ ...request, key: "key-2" }, signal)).toBeNull();
  });
});

describe("23. to cancel what waits", () => {
  it("takes it out of the queue", async () => {
    const stage = await openStage({ jobs: 1 });
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    await stage.remote.cancel(run, "", signal);
    expect(posts(stage).at(-1)).toBe("POST /queue/cancelItem");
    expect((await observed(stage, "job_000", run.runId))?.state).toBe("cancelled");
  });

  it("stops the build, where it began meanwhile", async () => {
    const stage = await openStage({ jobs: 1 });
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    stage.advance(6 * SECOND);
    await stage.remote.cancel(run, "", signal);
    expect(posts(stage).slice(-2)).toEqual(["POST /queue/cancelItem", "POST /job/job_000/1/stop"]);
    expect((await observed(stage, "job_000", run.runId))?.state).toBe("cancelled");
  });

  it("is refused by name without the right, and missing where there is none", async () => {
    const stage = await openStage({ jobs: 1 });
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    stage.sandbox.quirks.forbidden.add("Job/Cancel");
    await expect(stage.remote.cancel(run, "", signal)).rejects.toMatchObject({
      fault: "refused",
      message: expect.stringContaining("Job/Cancel"),
    });
    await expect(stage.remote.cancel({ jobId: "job_000", runId: "queue/999" }, "", signal)).rejects.toMatchObject({
      fault: "missing",
    });
  });

  it("is done by a redirect in versions before 2.211", async () => {
    const stage = await openStage({ jobs: 1, version: "2.200" });
    const { run } = await startOf(stage.remote, "job_000", "key-1");
    await stage.remote.cancel(run, "", signal);
    expect((await observed(stage, "job_000", run.runId))?.state).toBe("cancelled");
  });
});

describe("24. stop, term, kill", () => {
  const rungs = (stage: Stage) => posts(stage).map((line) => line.split("/").at(-1));

  it("come in this order, fifteen seconds apart, while it builds", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "deaf", endsBy: "kill" });
    const runId = stage.world.addRun({ jobId: "deaf", state: "running" });
    const cancel = () => stage.remote.cancel({ jobId: "deaf", runId }, "", signal);
    await cancel();
    stage.advance(14 * SECOND);
    await cancel();
    expect(rungs(stage)).toEqual(["stop", "stop"]);
    stage.advance(SECOND);
    await cancel();
    stage.advance(14 * SECOND);
    await cancel();
    expect(rungs(stage)).toEqual(["term", "term"]);
    stage.advance(SECOND);
    expect((await observed(stage, "deaf", runId))?.state).toBe("running");
    await cancel();
    expect(rungs(stage)).toEqual(["kill"]);
    expect((await observed(stage, "deaf", runId))?.state).toBe("cancelled");
    await expect(cancel()).rejects.toMatchObject({ fault: "conflict", message: expect.stringContaining("too late") });
    expect(rungs(stage)).toEqual([]);
  });

  it("is stop alone for what is no pipeline, and begins at the foot after our restart", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "free", kind: "freestyle", endsBy: "kill" });
    stage.world.addJob({ id: "pipe", endsBy: "kill" });
    const [free, pipe] = ["free", "pipe"].map((jobId) => ({
      jobId,
      runId: stage.world.addRun({ jobId, state: "running" }),
    }));
    for (const run of [free, pipe]) if (run) await stage.remote.cancel(run, "", signal);
    stage.advance(20 * SECOND);
    if (free) await stage.remote.cancel(free, "", signal);
    if (pipe) await stage.connect().cancel(pipe, "", signal);
    expect(rungs(stage)).toEqual(["stop", "stop", "stop", "stop"]);
  });

  it("leaves a build alone that ended first", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    await expect(stage.remote.cancel({ jobId: "job_000", runId }, "", signal)).rejects.toMatchObject({
      fault: "conflict",
    });
    expect(posts(stage)).toEqual([]);
  });
});

describe("25. a log", () => {
  const log = (stage: Stage, runId: string, tail = 1_000_000) =>
    stage.remote.log({ jobId: "job_000", runId }, { tail }, signal);

  it("comes without its hidden notes, while it grows and when it is whole", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "running", log: "one\ntwo\nthr" });
    expect(await log(stage, runId)).toEqual({ text: "one\ntwo\n", cut: false, missing: null });
    stage.world.setRun("job_000", runId, { state: "succeeded", log: "one\ntwo\nthree\n" });
    expect(await log(stage, runId)).toEqual({ text: "one\ntwo\nthree\n", cut: false, missing: null });
  });

  it("is cut at a whole character", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "succeeded", log: "aé✓𝄞b" });
    expect((await log(stage, runId, 5)).text).toBe("𝄞b");
    for (const [tail, text] of [
      [4, "b"],
      [8, "✓𝄞b"],
      [7, "𝄞b"],
      [1, "b"],
    ] as const)
      expect(await log(stage, runId, tail)).toEqual({ text, cut: true, missing: null });
  });

  it("that is rotated away, or not begun, says so", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    stage.proxy.interfere(status(404), (_, { path }) => path.includes("progressiveText"));
    expect((await log(stage, runId)).missing).toContain("no longer its log");
    stage.proxy.mend();
    const { run } = await startOf(stage.remote, "job_000", "k");
    expect((await log(stage, run.runId)).missing).toContain("waits in the queue");
  });
});

describe("26. a retry", () => {
  const failed = (stage: Stage, parameters: Record<string, string>) =>
    stage.world.addRun({ jobId: "job", state: "failed", parameters });

  it("is a new build with the old parameters, under the key of the retry", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "job" });
    const runId = failed(stage, { date: "2026-11-19", TUTTI_KEY: "old" });
    const { run } = await stage.remote.retry({ run: { jobId: "job", runId }, key: "again", note: null }, signal);
    expect(run).toMatchObject({ cause: { kind: "retry", key: "again" }, parameters: { date: "2026-11-19" } });
    expect(stage.world.startedWithKey("again")).toEqual([run.runId]);
  });

  it("is refused for a password, a file, and what still runs", async () => {
    const stage = await openStage();
    for (const [id, type, reason] of [
      ["pw", "Password", "a secret"],
      ["up", "File", "a file"],
    ] as const) {
      stage.world.addJob({ id, parameters: [{ name: "secret", type }] });
      const runId = stage.world.addRun({ jobId: id, state: "failed", parameters: { secret: "hunter2" } });
      const again = stage.remote.retry({ run: { jobId: id, runId }, key: "again", note: null }, signal);
      await expect(again).rejects.toMatchObject({
        fault: "malformed",
        uncertain: false,
        message: expect.stringContaining(reason),
      });
      expect((await observed(stage, id, runId))?.parameters).toEqual({ secret: "[not told]" });
    }
    stage.world.addJob({ id: "job" });
    const runId = stage.world.addRun({ jobId: "job", state: "running" });
    const again = stage.remote.retry({ run: { jobId: "job", runId }, key: "again", note: null }, signal);
    await expect(again).rejects.toMatchObject({ fault: "conflict" });
    expect(posts(stage)).toEqual([]);
  });
});

describe("what a build left behind", () => {
  it("is its texts, its artifacts, and the file that was agreed on", async () => {
    const stage = await openStage({ jobs: 1, settings: { outputs: "out/values.json" } });
    const artifacts = { "out/values.json": `{"rows":42}`, "dist/a b.jar": "x" };
    const runId = stage.world.addRun({ jobId: "job_000", state: "succeeded", artifacts, description: "42 rows" });
    expect(await stage.remote.outputs({ jobId: "job_000", runId }, signal)).toEqual({
      description: "42 rows",
      displayName: "#1",
      artifacts: [
        { path: "out/values.json", url: `${stage.proxy.url}/job/job_000/1/artifact/out/values.json` },
        { path: "dist/a b.jar", url: `${stage.proxy.url}/job/job_000/1/artifact/dist/a%20b.jar` },
      ],
      values: { rows: 42 },
    });
    const bare = stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    expect(await stage.remote.outputs({ jobId: "job_000", runId: bare }, signal)).toMatchObject({
      valuesMissing: "the build archived no such file",
    });
  });
});

describe("stages and pending inputs", () => {
  const stages = [
    { id: "5", name: "Build", status: "SUCCESS", startedAt: 1_000, durationMs: 500 },
    { id: "8", name: "Deploy", status: "IN_PROGRESS", startedAt: 2_000, durationMs: 7 },
  ];

  it("are the parts of a pipeline", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "waiting", stages });
    expect(await stage.remote.parts({ jobId: "job_000", runId }, signal)).toMatchObject([
      { id: "5", name: "Build", state: "succeeded", startedAt: new Date(1_000), endedAt: new Date(1_500) },
      { id: "8", name: "Deploy", state: "waiting", native: { word: "PAUSED_PENDING_INPUT" }, endedAt: null },
    ]);
    stage.sandbox.quirks.wfapi = false;
    expect(await stage.remote.parts({ jobId: "job_000", runId }, signal)).toEqual([]);
  });

  it("are gates that wait in Jenkins", async () => {
    const stage = await openStage({ jobs: 2 });
    stage.world.addRun({ jobId: "job_001", state: "running" });
    const runId = stage.world.addRun({
      jobId: "job_000",
      state: "waiting",
      inputs: [{ id: "Deploy1", message: "Deploy to production?" }],
    });
    expect(await collect(stage.remote.gates(signal))).toEqual([
      {
        jobId: "job_000",
        runId,
        gateId: "Deploy1",
        title: "Deploy to production?",
        text: null,
        choices: ["Proceed", "Abort"],
        asked: [],
        since: null,
        url: `${stage.proxy.url}/job/job_000/1/input/`,
      },
    ]);
    stage.sandbox.quirks.wfapi = false;
    expect(await collect(stage.remote.gates(signal))).toEqual([]);
  });
});

describe("which jobs build which", () => {
  it("is told once an edge, by freestyle jobs and by triggers", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "raw/extract", kind: "freestyle", downstream: ["raw/load"] });
    stage.world.addJob({ id: "raw/load", kind: "freestyle" });
    stage.world.addJob({ id: "mart/build", upstream: ["../raw/load", "/raw/extract"] });
    expect(await collect(stage.remote.links(signal))).toEqual(
      expect.arrayContaining([
        { kind: "job", upstream: "raw/extract", downstream: "raw/load" },
        { kind: "job", upstream: "raw/load", downstream: "mart/build" },
        { kind: "job", upstream: "raw/extract", downstream: "mart/build" },
      ]),
    );
    expect(await collect(stage.remote.links(signal))).toHaveLength(3);
  });
});
