/** The acting half of what an adapter for Airflow must survive, by the numbers of its checklist. */
import { describe, expect, it } from "vitest";
import type { Api } from "../../adapters/airflow/dialect.ts";
import { hang, loseAnswer, status } from "../../src/adapter/conformance/interference.ts";
import type { Json } from "../../src/model/json.ts";
import { collect, openStage, type Stage, signal } from "./airflow/stage.ts";

const BOTH: readonly Api[] = ["v1", "v2"];
const SECOND = 1_000;

function start({ remote }: Stage, key = "k1", parameters: Json = { date: "2026-03-01" }) {
  const started = remote.start?.({ jobId: "job_000", key, parameters, note: "asked by kim" }, signal);
  if (!started) throw new Error("it cannot start");
  return started;
}

/** What was sent to act, without the login. */
function sent({ proxy }: Stage): { readonly asked: string; readonly body: Record<string, unknown> }[] {
  return proxy.seen
    .filter(({ method, path }) => method !== "GET" && !path.startsWith("/auth"))
    .map(({ method, path, body }) => ({
      asked: `${method} ${path}`,
      body: JSON.parse(body.toString()) as Record<string, unknown>,
    }));
}

function givenTasks(stage: Stage, state: "running" | "failed" | "succeeded" = "running") {
  const { world } = stage.sandbox;
  const run = { jobId: "job_000", runId: world.addRun({ jobId: "job_000", state }) };
  const at = stage.now().getTime();
  const begun = { tryNumber: 1, startDate: at };
  world.setTasks(run.jobId, run.runId, [
    { taskId: "extract", state: "success", ...begun, endDate: at, values: { return_value: 1 } },
    { taskId: "load", state: state === "running" ? "running" : "failed", ...begun },
    { taskId: "report", state: state === "running" ? null : "upstream_failed" },
  ]);
  return run;
}

async function partsOf({ remote }: Stage, run: { readonly jobId: string; readonly runId: string }) {
  const parts = (await remote.parts?.(run, signal)) ?? [];
  return Object.fromEntries(parts.map(({ id, native }) => [id, native.word]));
}

async function stateOf({ remote }: Stage, run: { readonly jobId: string; readonly runId: string }) {
  return (await remote.observe([run], signal)).items[0]?.state;
}

describe("16. a start", () => {
  it.each(BOTH)("says in %s no more than it must of the date", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const { run } = await start(stage);
    const [{ asked, body }] = sent(stage) as [ReturnType<typeof sent>[number]];
    expect(asked).toBe(`POST /api/${api}/dags/job_000/dagRuns`);
    const common = { dag_run_id: "tutti__k1", conf: { date: "2026-03-01" }, note: "started via Tutti: asked by kim" };
    expect(body).toEqual(api === "v1" ? common : { ...common, logical_date: null });
    expect(run).toMatchObject({
      runId: "tutti__k1",
      parameters: { date: "2026-03-01" },
      cause: { kind: "us", key: "k1" },
    });
  });

  it("has no note before 2.5", async () => {
    const stage = await openStage({ api: "v1", version: "2.4.3", jobs: 1 });
    await start(stage);
    expect(sent(stage)[0]?.body).not.toHaveProperty("note");
  });

  it("takes parameters by name, or none", async () => {
    const stage = await openStage({ jobs: 1 });
    expect((await start(stage, "k2", null)).run.runId).toBe("tutti__k2");
    for (const odd of [[1], "text", 7])
      await expect(start(stage, "k3", odd)).rejects.toMatchObject({ fault: "malformed", uncertain: false });
    expect(stage.sandbox.world.startedWithKey("k3")).toEqual([]);
  });

  it("of a DAG that cannot be imported is refused with the reason", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.world.changeJob("job_000", { importError: "SyntaxError" });
    await expect(start(stage)).rejects.toMatchObject({
      uncertain: false,
      message: expect.stringContaining("import errors"),
    });
  });
});

describe("17. a 409", () => {
  it.each(BOTH)("is our own run in %s when our id can be read back", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    await start(stage);
    expect((await start(stage)).run.runId).toBe("tutti__k1");
    expect(stage.sandbox.world.startedWithKey("k1")).toHaveLength(1);
  });

  it.each(BOTH)("is a clear no in %s when it was the date of another", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    stage.proxy.interfere(status(409), (_, { method, path }) => method === "POST" && path.endsWith("/dagRuns"));
    await expect(start(stage)).rejects.toMatchObject({
      fault: "conflict",
      uncertain: false,
      message: expect.stringContaining("no run has our id"),
    });
  });

  it("stays a doubt when it cannot be read back", async () => {
    const stage = await openStage({ jobs: 1 });
    await start(stage);
    stage.proxy.interfere(
      status(403),
      (_, { method, path }) => method === "GET" && path.includes("/dagRuns/tutti__k1"),
    );
    await expect(start(stage)).rejects.toMatchObject({ fault: "refused", uncertain: true });
  });
});

describe("18. a time-out of a start", () => {
  it.each(BOTH)("leaves one run in %s, found by its id and started no second time", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    await stage.remote.probe(signal);
    stage.proxy.interfere(loseAnswer, (_, { method }) => method === "POST");
    await expect(start(stage)).rejects.toMatchObject({ uncertain: true });
    stage.proxy.mend();
    const request = { jobId: "job_000", key: "k1", sentAfter: new Date(0), taken: [] };
    expect((await stage.remote.find?.(request, signal))?.run.runId).toBe("tutti__k1");
    expect((await start(stage)).run.runId).toBe("tutti__k1");
    expect(stage.sandbox.world.startedWithKey("k1")).toHaveLength(1);
  });

  it("before anything was sent is no doubt", async () => {
    const stage = await openStage({ jobs: 1 });
    await stage.remote.probe(signal);
    stage.proxy.interfere(status(500), (_, { method }) => method === "GET");
    await expect(start(stage)).rejects.toMatchObject({ fault: "busy", uncertain: false });
    expect(sent(stage)).toEqual([]);
  });

  it("is found in the other API when the server was upgraded meanwhile", async () => {
    const stage = await openStage({ api: "v1", jobs: 1 });
    await start(stage);
    stage.sandbox.upgrade("v2", "3.0.2");
    const request = { jobId: "job_000", key: "k1", sentAfter: new Date(0), taken: [] };
    expect((await stage.remote.find?.(request, signal))?.run.runId).toBe("tutti__k1");
    expect(await stage.remote.find?.({ ...request, key: "k2" }, signal)).toBeNull();
  });
});

describe("19. an id that Airflow would refuse", () => {
  it.each(["with space", "a/b", "a..b", "k".repeat(250)])("such as %j is refused before it is sent", async (key) => {
    const stage = await openStage({ jobs: 1 });
    await expect(start(stage, key)).rejects.toMatchObject({ fault: "malformed", uncertain: false });
    expect(stage.proxy.seen.filter(({ method, path }) => method === "POST" && path.includes("dagRuns"))).toEqual([]);
  });
});

describe("20. a paused DAG", () => {
  it.each(BOTH)("is started in %s with a warning", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    await stage.remote.pause?.("job_000", signal);
    expect((await start(stage)).warning).toContain("paused");
    await stage.remote.resume?.("job_000", signal);
    // 2.x takes the moment for the date, and two runs of one DAG may not share it.
    stage.advance(SECOND);
    expect((await start(stage, "k2")).warning).toBeNull();
  });
});

describe("21. a cancel", () => {
  it("sends state and note at once to 3.x, and one after the other to 2.x", async () => {
    const [old, young] = [await openStage({ api: "v1", jobs: 1 }), await openStage({ api: "v2", jobs: 1 })];
    for (const stage of [old, young]) {
      const run = givenTasks(stage);
      await stage.remote.cancel?.(run, "too slow", signal);
      expect(await stateOf(stage, run)).toBe("cancelled");
      expect(await partsOf(stage, run)).toEqual({ extract: "success", load: "failed", report: "skipped" });
    }
    const note = expect.stringMatching(/^cancelled via Tutti \(attempt of 2026-11-21T03:00:00\.000Z\): too slow$/);
    expect(sent(young).map(({ body }) => body)).toEqual([{ state: "failed", note }]);
    expect(sent(old).map(({ body }) => body)).toEqual([{ state: "failed" }, { note }]);
  });

  it.each(BOTH)("refuses a run of %s that has ended, and is quiet about one that we cancelled", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const ended = givenTasks(stage, "failed");
    await expect(stage.remote.cancel?.(ended, "too late", signal)).rejects.toMatchObject({ fault: "conflict" });
    const run = givenTasks(stage);
    await stage.remote.cancel?.(run, "once", signal);
    await stage.remote.cancel?.(run, "twice", signal);
    expect(sent(stage).filter(({ body }) => body["state"] === "failed")).toHaveLength(1);
  });

  it.each(BOTH)("leaves a run of %s open while it cleans up", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage);
    stage.sandbox.world.setTasks(run.jobId, run.runId, [
      { taskId: "load", state: "running", tryNumber: 1 },
      { taskId: "clean", state: null, teardown: true },
    ]);
    await stage.remote.cancel?.(run, "stop", signal);
    expect(await stateOf(stage, run)).toBe("running");
    stage.sandbox.world.setRun(run.jobId, run.runId, { state: "failed" });
    expect(await stateOf(stage, run)).toBe("cancelled");
  });

  it.each(BOTH)("that %s does not hear, for the DAG is no longer parsed, is no success", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage);
    stage.sandbox.world.changeJob("job_000", { stale: true });
    await expect(stage.remote.cancel?.(run, "stop", signal)).rejects.toMatchObject({ fault: "refused" });
    expect(await stateOf(stage, run)).toBe("running");
  });

  it("stops the run even where its note cannot be written", async () => {
    const stage = await openStage({ api: "v1", jobs: 1 });
    const run = givenTasks(stage);
    stage.proxy.interfere(status(403), (_, { path }) => path.endsWith("/setNote"));
    await stage.remote.cancel?.(run, "stop", signal);
    expect(await stateOf(stage, run)).toBe("failed");
    expect(stage.printed()).toContain("the note on a cancelled run could not be written");
  });

  it.each(BOTH)("of one attempt says nothing of the next in %s", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage);
    await stage.remote.cancel?.(run, "stop", signal);
    stage.advance(60 * SECOND);
    await stage.remote.retry?.({ run, key: "r1", note: null }, signal);
    stage.advance(60 * SECOND);
    stage.sandbox.world.setRun(run.jobId, run.runId, { state: "running" });
    stage.sandbox.world.setRun(run.jobId, run.runId, { state: "failed" });
    expect(await stateOf(stage, run)).toBe("failed");
  });
});

describe("23. a retry", () => {
  it.each(BOTH)("clears in %s what failed, for real, and opens the run", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage, "failed");
    stage.advance(60 * SECOND);
    const again = await stage.remote.retry?.({ run, key: "r1", note: "mended" }, signal);
    expect(again).toMatchObject({ run: { runId: run.runId, state: "queued" }, merged: false, warning: null });
    const clears = sent(stage).filter(({ asked }) => asked.includes("clearTaskInstances"));
    expect(clears.map(({ body }) => body)).toEqual([
      { dry_run: false, reset_dag_runs: true, dag_run_id: run.runId, only_failed: true },
    ]);
    expect(await partsOf(stage, run)).toEqual({ extract: "success", load: "none", report: "none" });
    await expect(stage.remote.retry?.({ run, key: "r2", note: null }, signal)).rejects.toMatchObject({
      fault: "conflict",
    });
  });

  it.each(BOTH)("of a cancelled run of %s leaves nothing skipped", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage);
    await stage.remote.cancel?.(run, "stop", signal);
    stage.advance(60 * SECOND);
    await stage.remote.retry?.({ run, key: "r1", note: null }, signal);
    expect(await partsOf(stage, run)).toEqual({ extract: "success", load: "none", report: "none" });
  });

  it.each(BOTH)("of a run of %s that failed without a failed task does what was skipped", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage, "failed");
    const done = { tryNumber: 1, startDate: stage.now().getTime() };
    stage.sandbox.world.setTasks(run.jobId, run.runId, [
      { taskId: "extract", state: "success", ...done },
      { taskId: "load", state: "skipped" },
    ]);
    await stage.remote.retry?.({ run, key: "r1", note: null }, signal);
    expect(await stateOf(stage, run)).toBe("queued");
    expect(await partsOf(stage, run)).toEqual({ extract: "success", load: "none" });
  });

  it.each(BOTH)("of a run of %s that succeeded does all of it", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const runId = stage.sandbox.world.addRun({ jobId: "job_000", state: "succeeded" });
    const again = await stage.remote.retry?.({ run: { jobId: "job_000", runId }, key: "r1", note: null }, signal);
    expect(again?.run.state).toBe("queued");
  });

  it.each(BOTH)("whose answer was lost in %s is not done twice under its key", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage, "failed");
    stage.advance(60 * SECOND);
    const again = () => stage.remote.retry?.({ run, key: "r1", note: null }, signal) ?? Promise.reject(new Error());
    stage.proxy.interfere(loseAnswer, (_, { path }) => path.includes("clearTaskInstances"));
    await expect(again()).rejects.toMatchObject({ uncertain: true });
    stage.proxy.mend();
    stage.advance(60 * SECOND);
    stage.sandbox.world.setRun(run.jobId, run.runId, { state: "running" });
    stage.sandbox.world.setRun(run.jobId, run.runId, { state: "failed" });
    expect((await again()).run.state).toBe("failed");
    const other = await stage.remote.retry?.({ run, key: "r2", note: null }, signal);
    expect(other?.run.state).toBe("queued");
  });

  it("that never reached the clearing is done when it is asked again", async () => {
    const stage = await openStage({ jobs: 1 });
    const run = givenTasks(stage, "failed");
    stage.proxy.interfere(status(503), (_, { path }) => path.includes("clearTaskInstances"));
    await expect(stage.remote.retry?.({ run, key: "r1", note: null }, signal)).rejects.toMatchObject({ fault: "busy" });
    stage.proxy.mend();
    expect((await stage.remote.retry?.({ run, key: "r1", note: null }, signal))?.run.state).toBe("queued");
  });
});

describe("24. after a clear", () => {
  it.each(BOTH)("the run of %s shows a new attempt under its old id", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage, "failed");
    const [before] = (await stage.remote.observe([run], signal)).items;
    stage.advance(60 * SECOND);
    await stage.remote.retry?.({ run, key: "r1", note: null }, signal);
    const [after] = (await stage.remote.observe([run], signal)).items;
    expect(before?.endedAt).not.toBeNull();
    expect(after).toMatchObject({ runId: run.runId, state: "queued", startedAt: null, endedAt: null });
    if (api === "v2") expect(after?.queuedAt).toEqual(stage.now());
  });
});

describe("25. a log", () => {
  const lines = Array.from({ length: 400 }, (_, at) => `line ${at} of a log that is long, ü`);

  function givenLog(stage: Stage) {
    const run = givenTasks(stage, "failed");
    const begun = { tryNumber: 1, startDate: stage.now().getTime() };
    stage.sandbox.world.setTasks(run.jobId, run.runId, [
      { taskId: "extract", state: "success", ...begun, log: ["not of interest"] },
      { taskId: "load", state: "failed", ...begun, log: lines },
    ]);
    return run;
  }

  it.each(BOTH)("of %s is that of the task that failed, in its own format", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const log = await stage.remote.log?.(givenLog(stage), { tail: 100_000 }, signal);
    expect(log).toMatchObject({ cut: false, missing: null });
    expect(log?.text).toMatch(/^\*\*\* load, try 1\n/);
    expect(log?.text).toContain(lines.join("\n"));
    expect(log?.text).not.toContain("not of interest");
    expect(log?.text).not.toContain("::group::");
  });

  it.each(BOTH)("of %s is cut at its front, and at no half character", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenLog(stage);
    for (const tail of [2, 3, 1_000]) {
      const log = await stage.remote.log?.(run, { tail }, signal);
      expect(log?.cut).toBe(true);
      expect(Buffer.byteLength(log?.text ?? "")).toBeLessThanOrEqual(tail);
      expect(log?.text).not.toContain("�");
    }
  });

  it.each(BOTH)("larger than we hold is read to its end in %s", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenTasks(stage, "failed");
    const log = Array.from({ length: 20_000 }, (_, at) => `line ${at}`);
    const begun = { tryNumber: 1, startDate: stage.now().getTime() };
    stage.sandbox.world.setTasks(run.jobId, run.runId, [{ taskId: "load", state: "failed", ...begun, log }]);
    const end = await stage.remote.log?.(run, { tail: 2_000 }, signal);
    expect(end).toMatchObject({ cut: true, missing: null });
    expect(end?.text.endsWith("line 19999\n")).toBe(true);
  });

  it("of a run that has not begun is missing, with the reason", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.sandbox.world.addRun({ jobId: "job_000", state: "queued" });
    const log = await stage.remote.log?.({ jobId: "job_000", runId }, { tail: 1_000 }, signal);
    expect(log).toEqual({ text: "", cut: false, missing: "no task of this run has begun" });
  });

  it.each(BOTH)("that went with its worker is missing in %s, and no fault", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenLog(stage);
    stage.sandbox.quirks.logsAreLost = true;
    const limits = { attempts: 1 };
    const log = await stage.connect({ limits }).log?.(run, { tail: 1_000 }, signal);
    expect(log).toMatchObject({ text: "", missing: "Airflow cannot read the log of load, try 1" });
  });

  it("that is never answered is given up", async () => {
    const stage = await openStage({ jobs: 1 });
    const run = givenLog(stage);
    const remote = stage.connect({ limits: { longestTimeoutMs: 500, attempts: 1 } });
    await remote.probe(signal);
    stage.proxy.interfere(hang, (_, { path }) => path.includes("/logs/"));
    await expect(remote.log?.(run, { tail: 1_000 }, signal)).rejects.toMatchObject({ fault: "unreachable" });
  });
});

describe("26. what tasks handed on", () => {
  function givenValues(stage: Stage, values: Record<string, Json>) {
    const run = givenTasks(stage, "succeeded");
    stage.sandbox.world.setTasks(run.jobId, run.runId, [
      { taskId: "load", state: "success", values },
      { taskId: "part", mapIndex: 1, state: "success", values: { return_value: 4 } },
    ]);
    return run;
  }

  it.each(BOTH)("comes as JSON from %s, by task and key", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const run = givenValues(stage, { return_value: { rows: 3, token: "t" }, skipmixin_key: [], api_key: "k" });
    expect(await stage.remote.outputs?.(run, signal)).toEqual({
      load: { return_value: { rows: 3, token: "[redacted]" }, api_key: "[redacted]" },
      "part[1]": { return_value: 4 },
    });
  });

  it("is the text of Python before 2.10", async () => {
    const stage = await openStage({ api: "v1", version: "2.9.0", jobs: 1 });
    const run = givenValues(stage, { return_value: { rows: [1, true, null] } });
    expect(await stage.remote.outputs?.(run, signal)).toMatchObject({
      load: { return_value: "{'rows': [1, True, None]}" },
    });
  });

  it.each(BOTH)("is left out of %s where it is too large, gone or too much", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`v${String(at).padStart(2, "0")}`, at]));
    const run = givenValues(stage, { big: "x".repeat(300_000), ...many });
    stage.proxy.interfere(status(404), (_, { path }) => path.includes("/xcomEntries/v07"));
    expect(await stage.remote.outputs?.(run, signal)).toMatchObject({
      load: {
        big: { "left out": expect.stringContaining("larger than we read") },
        v07: { "left out": "it is gone" },
        v48: 48,
      },
      "left out": "12 more values",
    });
  });

  it("is nothing where nothing was handed on", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.sandbox.world.addRun({ jobId: "job_000", state: "running" });
    expect(await stage.remote.outputs?.({ jobId: "job_000", runId }, signal)).toEqual({});
  });
});

describe("parts", () => {
  it("of a huge mapped task are counted, and not all listed", async () => {
    const stage = await openStage({ jobs: 1 });
    const run = givenTasks(stage);
    stage.sandbox.world.setTasks(
      run.jobId,
      run.runId,
      Array.from({ length: 2_500 }, (_, at) => ({
        taskId: "m",
        mapIndex: at,
        state: at < 2_000 ? "success" : "running",
      })),
    );
    const parts = (await stage.remote.parts?.(run, signal)) ?? [];
    expect(parts).toHaveLength(1_002);
    expect(parts.slice(-2).map(({ name, state }) => [name, state])).toEqual([
      ["and 500 more: running", "running"],
      ["and 1000 more: success", "succeeded"],
    ]);
  });
});

describe("links and gates", () => {
  it.each(BOTH)("join the DAGs of %s by their data, over many pages", async (api) => {
    const stage = await openStage({ api, jobs: 1 });
    for (let at = 0; at < 230; at++)
      stage.sandbox.world.addAsset({ uri: `s3://${at}`, producers: [{ dagId: "a", taskId: "t" }], consumers: ["b"] });
    const links = await collect(stage.remote.links?.(signal) ?? nothing());
    expect(links).toHaveLength(460);
    expect(links.slice(-2)).toEqual([
      { kind: "data", jobId: "a", access: "writes", data: "s3://229" },
      { kind: "data", jobId: "b", access: "reads", data: "s3://229" },
    ]);
  });

  it("are none where the version knows none, at the server's own time", async () => {
    for (const [api, version] of [
      ["v1", "2.3.0"],
      ["v2", "3.0.2"],
    ] as const) {
      const stage = await openStage({ api, version });
      const pages = [];
      const listing = api === "v1" ? stage.remote.links?.(signal) : stage.remote.gates?.(signal);
      for await (const page of listing ?? nothing()) pages.push(page);
      expect(pages).toEqual([{ items: [], rejected: [], readAt: stage.now() }]);
    }
  });

  it("wait until they are answered", async () => {
    const stage = await openStage({ api: "v2", version: "3.1.0", jobs: 1 });
    const runId = stage.sandbox.world.addRun({ jobId: "job_000", state: "running" });
    const words = { subject: "Pay?", body: "42", options: ["Approve", "Reject"], asked: ["kim"] };
    stage.sandbox.world.addDecision({ jobId: "job_000", runId, ...words });
    const timedOut = stage.sandbox.world.addRun({ jobId: "job_000", state: "failed" });
    const task = { taskId: "approve", state: "failed" };
    stage.sandbox.world.addDecision({ jobId: "job_000", runId: timedOut, ...words, task });
    expect(await collect(stage.remote.gates?.(signal) ?? nothing())).toEqual([
      {
        jobId: "job_000",
        runId,
        gateId: "approve",
        title: "Pay?",
        text: "42",
        choices: ["Approve", "Reject"],
        asked: ["kim"],
        since: stage.now(),
        url: `${stage.proxy.url}/dags/job_000/runs/${encodeURIComponent(runId)}/tasks/approve`,
      },
    ]);
    stage.sandbox.world.answerDecision("job_000", runId, "Approve");
    expect(await collect(stage.remote.gates?.(signal) ?? nothing())).toEqual([]);
  });

  it("that may not be read are refused, and not empty", async () => {
    const stage = await openStage({ api: "v2" });
    stage.sandbox.quirks.forbidden.add("assets").add("decisions");
    await expect(collect(stage.remote.links?.(signal) ?? nothing())).rejects.toMatchObject({ fault: "refused" });
    await expect(collect(stage.remote.gates?.(signal) ?? nothing())).rejects.toMatchObject({ fault: "refused" });
  });
});

async function* nothing(): AsyncGenerator<never> {}
