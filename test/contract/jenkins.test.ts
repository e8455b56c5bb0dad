/** The reading half of what an adapter for Jenkins must survive, by the numbers of its checklist. */
import { describe, expect, it } from "vitest";
import { rewrite, status, text } from "../../src/adapter/conformance/interference.ts";
import { collect, openStage, type Stage, signal } from "./jenkins/stage.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const pipes = (stage: Stage, ...ids: string[]) => ids.forEach((id) => stage.world.addJob({ id }));
const ids = async (stage: Stage) => (await collect(stage.remote.jobs(signal))).map(({ id }) => id);
const past = (stage: Stage) => new Date(stage.now().getTime() - HOUR);
const runsOf = (stage: Stage, since = past(stage)) => collect(stage.remote.runs(since, signal));

describe("1. with a token", () => {
  it("the first request carries it, and no crumb is ever asked for", async () => {
    const stage = await openStage({ jobs: 1 });
    await stage.remote.pause("job_000", signal);
    await stage.remote.probe(signal);
    const [first] = stage.proxy.seen;
    expect(first?.headers.authorization).toMatch(/^Basic /);
    expect(stage.asked().filter((line) => line.includes("crumb"))).toEqual([]);
    expect(first?.headers["jenkins-crumb"]).toBeUndefined();
  });

  it("that was taken back is refused at once, and a new one is seen", async () => {
    const stage = await openStage({ jobs: 1 });
    const token = stage.sandbox.rotateToken();
    await expect(ids(stage)).rejects.toMatchObject({ fault: "refused", status: 401 });
    expect(stage.asked()).toHaveLength(1);
    for (const name of Object.keys(stage.env)) stage.env[name] = token;
    expect(await ids(stage)).toEqual(["job_000"]);
  });
});

describe("2. with a password", () => {
  it("crumb and cookie are fetched once and kept together", async () => {
    const stage = await openStage({ jobs: 1, auth: "password" });
    await ids(stage);
    expect(stage.asked().filter((line) => line.includes("crumb"))).toEqual([]);
    await stage.remote.pause("job_000", signal);
    await stage.remote.resume("job_000", signal);
    expect(stage.asked().filter((line) => line.includes("crumb"))).toHaveLength(1);
    const post = stage.proxy.seen.find(({ method }) => method === "POST");
    expect(post?.headers["jenkins-crumb"]).toMatch(/^[0-9a-f]{64}$/);
    expect(post?.headers.cookie).toMatch(/^JSESSIONID\.\w+=node0\w+\.node0$/);
  });

  it("they are refreshed once when they are refused", async () => {
    const stage = await openStage({ jobs: 1, auth: "password" });
    await stage.remote.pause("job_000", signal);
    stage.sandbox.expireSessions();
    await stage.remote.resume("job_000", signal);
    expect((await collect(stage.remote.jobs(signal)))[0]?.paused).toBe(false);
    stage.asked();
    stage.proxy.interfere(status(403, { "x-why": "crumb" }), (_, { method }) => method === "POST");
    await expect(stage.remote.pause("job_000", signal)).rejects.toMatchObject({ status: 403 });
    expect(stage.asked().filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });

  it("an anonymous Jenkins wants them as well", async () => {
    const stage = await openStage({ jobs: 1, auth: "none" });
    await stage.remote.pause("job_000", signal);
    expect((await collect(stage.remote.jobs(signal)))[0]?.paused).toBe(true);
  });
});

describe("3. what every answer says", () => {
  it("gives the version and the skew of its clock", async () => {
    const stage = await openStage({ version: "2.462.3" });
    stage.sandbox.quirks.skewMs = -90 * SECOND;
    expect(await stage.remote.probe(signal)).toEqual({
      version: "2.462.3",
      missingRights: [],
      troubles: [],
      clockSkewMs: -90 * SECOND,
    });
    stage.sandbox.quietDown(true);
    expect((await stage.remote.probe(signal)).troubles).toEqual([expect.stringContaining("quieting down")]);
  });

  it("has us look at every open build again after a restart", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.world.addRun({ jobId: "job_000", state: "running" });
    await runsOf(stage);
    stage.asked();
    await runsOf(stage);
    expect(stage.asked().filter((line) => line.includes("/job/"))).toEqual([]);
    stage.sandbox.restart();
    await runsOf(stage);
    await runsOf(stage);
    expect(stage.asked().filter((line) => line.includes("/job/job_000/"))).toHaveLength(1);
  });

  it("is missed where no Jenkins answers", async () => {
    const stage = await openStage();
    stage.proxy.interfere(text(`{"hello":"world"}`));
    await expect(stage.remote.probe(signal)).rejects.toMatchObject({
      message: expect.stringContaining("with its prefix"),
    });
  });
});

describe("4. a controller that starts", () => {
  it("is busy and not down, and not to be hurried", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.quirks.starting = true;
    await expect(runsOf(stage)).rejects.toMatchObject({
      fault: "busy",
      passing: true,
      retryAfterMs: 15 * SECOND,
      message: expect.stringContaining("Jenkins is starting"),
    });
    stage.sandbox.quirks.starting = false;
    expect(await ids(stage)).toEqual(["job_000"]);
  });
});

describe("5. a login page with a 200", () => {
  it("is a refusal", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.sandbox.quirks.loginPage = true;
    for (const ask of [() => stage.remote.probe(signal), () => ids(stage), () => runsOf(stage)])
      await expect(ask()).rejects.toMatchObject({ fault: "refused", passing: false });
  });
});

describe("6. where Jenkins lives", () => {
  it("is under a prefix, with or without a slash", async () => {
    const stage = await openStage({ prefix: "/jenkins", jobs: 1 });
    const slashed = stage.connect({ url: `${stage.proxy.url}/` });
    expect((await collect(slashed.jobs(signal)))[0]?.url).toBe(`${stage.proxy.url}/job/job_000/`);
    expect(stage.proxy.seen.every(({ path }) => path.startsWith("/jenkins/"))).toBe(true);
  });

  it("is not where its own settings say", async () => {
    const stage = await openStage({ prefix: "/jenkins" });
    stage.sandbox.quirks.rootUrl = "http://internal.example:9999/other";
    pipes(stage, "team/etl");
    stage.world.addRun({ jobId: "team/etl", state: "running" });
    stage.world.addRun({ jobId: "team/etl", state: "queued" });
    const [running, queued] = (await runsOf(stage)).toSorted((a, b) => a.runId.localeCompare(b.runId));
    expect(running?.url).toBe(`${stage.proxy.url}/job/team/job/etl/1/`);
    expect(queued?.jobId).toBe("team/etl");
    const { run } = await stage.remote.start({ jobId: "team/etl", key: "k", parameters: null, note: null }, signal);
    expect((await stage.remote.observe([run], signal)).items).toHaveLength(1);
  });
});

describe("7. folders", () => {
  it("come three deep with one request, and deeper ones by themselves", async () => {
    const stage = await openStage();
    pipes(stage, "top", "a/one", "a/b/two", "a/b/c/three", "a/b/c/d/four");
    expect((await ids(stage)).toSorted()).toEqual(["a/b/c/d/four", "a/b/c/three", "a/b/two", "a/one", "top"]);
    const lists = stage.asked().map((line) => line.split("?")[0]);
    expect(lists).toEqual(["GET /api/json", "GET /job/a/job/b/job/c/api/json"]);
  });

  it("are read to their end, however long they are", async () => {
    const stage = await openStage();
    pipes(stage, ...Array.from({ length: 230 }, (_, at) => `big/branch_${String(at).padStart(3, "0")}`), "zoo");
    const all = await ids(stage);
    expect(all).toHaveLength(231);
    expect(new Set(all).size).toBe(231);
    expect((await runsOf(stage)).length).toBe(0);
  });

  it("that change while they are read are read again", async () => {
    const stage = await openStage({ jobs: 150 });
    const pages = stage.remote.jobs(signal)[Symbol.asyncIterator]();
    const first = await pages.next();
    stage.world.removeJob("job_001");
    const seen: string[] = (first.value?.items ?? []).map(({ id }: { id: string }) => id);
    for (let page = await pages.next(); !page.done; page = await pages.next())
      seen.push(...page.value.items.map(({ id }) => id));
    expect(seen).toHaveLength(150);
    expect(new Set(seen).size).toBe(150);
  });

  it("may be the only one that is read", async () => {
    const stage = await openStage({ settings: { folder: "team/etl" } });
    pipes(stage, "team/etl/load", "team/other/load");
    for (const jobId of ["team/etl/load", "team/other/load"]) {
      stage.world.addRun({ jobId, state: "running" });
      stage.world.addRun({ jobId, state: "queued" });
    }
    expect(await ids(stage)).toEqual(["team/etl/load"]);
    expect((await runsOf(stage)).map(({ jobId }) => jobId)).toEqual(["team/etl/load", "team/etl/load"]);
  });

  it("whose items Jenkins left out are no empty ones", async () => {
    const stage = await openStage();
    pipes(stage, "a/one");
    const withoutItems = ({ jobs, ...folder }: Record<string, unknown>) =>
      folder["name"] === "a" ? folder : { jobs, ...folder };
    const change = (json: unknown) => ({ jobs: (json as { jobs: Record<string, unknown>[] }).jobs.map(withoutItems) });
    stage.proxy.interfere(rewrite(change));
    await expect(ids(stage)).rejects.toMatchObject({ fault: "malformed", message: expect.stringContaining(`"a"`) });
  });
});

describe("8. what is a job", () => {
  it("an empty folder is none, a branch is one, a configuration of a matrix is none", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "empty", kind: "folder" });
    stage.world.addJob({ id: "org", kind: "organization" });
    stage.world.addJob({ id: "org/repo", kind: "multibranch" });
    stage.world.addJob({ id: "org/repo/main" });
    stage.world.addJob({ id: "grid", kind: "matrix", axes: ["OS=linux", "OS=bsd"] });
    const grid = stage.world.addRun({ jobId: "grid", state: "running" });
    expect((await ids(stage)).toSorted()).toEqual(["grid", "org/repo/main"]);
    expect((await runsOf(stage)).map(({ runId }) => runId)).toEqual([grid]);
    const branch = (await collect(stage.remote.jobs(signal))).find(({ id }) => id === "org/repo/main");
    expect(branch?.capabilities).toContain("start");
    expect(branch?.capabilities).not.toContain("pause");
    const parts = await stage.remote.parts({ jobId: "grid", runId: grid }, signal);
    expect(parts.map(({ name, state }) => [name, state])).toEqual([
      ["OS=linux", "running"],
      ["OS=bsd", "running"],
    ]);
  });

  it("only chosen branches, where somebody chose", async () => {
    const stage = await openStage({ settings: { branches: ["main", "release/*"] } });
    stage.world.addJob({ id: "repo", kind: "multibranch" });
    pipes(stage, "repo/main", "repo/PR-17", "repo/release%2F1.2", "free/PR-1");
    expect((await ids(stage)).toSorted()).toEqual(["free/PR-1", "repo/main", "repo/release%2F1.2"]);
  });
});

describe("9. a branch with a slash", () => {
  it("keeps its full name, and is encoded once more in its path", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "repo", kind: "multibranch" });
    pipes(stage, "repo/feature%2Fx");
    const [job] = await collect(stage.remote.jobs(signal));
    expect(job).toMatchObject({ id: "repo/feature%2Fx", name: "feature/x", path: ["repo"] });
    expect(job?.url).toBe(`${stage.proxy.url}/job/repo/job/feature%252Fx/`);
    const runId = stage.world.addRun({ jobId: "repo/feature%2Fx", state: "running" });
    stage.asked();
    expect((await stage.remote.observe([{ jobId: "repo/feature%2Fx", runId }], signal)).items[0]?.runId).toBe(runId);
    expect(stage.asked()[0]).toContain("/job/repo/job/feature%252Fx/1/");
  });
});

/** Everything a sync asks, and everything a person does. */
async function askAll(stage: Stage): Promise<void> {
  const { remote, world } = stage;
  const runId = world.addRun({ jobId: "job_000", state: "failed" });
  await remote.probe(signal);
  await collect(remote.jobs(signal));
  for (let times = 0; times < 2; times += 1) await runsOf(stage);
  await collect(remote.open(signal));
  await collect(remote.history({ from: past(stage), to: stage.now() }, signal));
  await collect(remote.gates(signal));
  await collect(remote.links(signal));
  const ref = { jobId: "job_000", runId };
  await remote.outputs(ref, signal);
  await remote.parts(ref, signal);
  const { run } = await remote.retry({ run: ref, key: "again", note: null }, signal);
  await remote.find({ jobId: "job_000", key: "never", sentAfter: past(stage), taken: [] }, signal);
  await remote.cancel(run, "", signal);
}

describe("10. no request", () => {
  it("asks for depth or for all builds there ever were", async () => {
    const stage = await openStage({ jobs: 3 });
    await askAll(stage);
    const asked = stage.asked();
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((line) => /depth=|allBuilds/.test(line))).toEqual([]);
  });
});

describe("11. a range", () => {
  it("says from and to, and is as wide as the gap", async () => {
    const stage = await openStage({ jobs: 3 });
    await askAll(stage);
    const ranges = stage.asked().flatMap((line) => line.match(/\{[^}]*\}/g) ?? []);
    expect(ranges.length).toBeGreaterThan(5);
    expect(ranges.filter((range) => !/^\{\d+,\d+\}$/.test(range))).toEqual([]);
    for (let times = 0; times < 7; times += 1) stage.world.addRun({ jobId: "job_001", state: "succeeded" });
    await runsOf(stage);
    expect(stage.asked().find((line) => line.includes("/job/job_001/"))).toMatch(/\{0,7\}$/);
  });
});

describe("12. where nothing moved", () => {
  it("no job is asked for, whatever runs", async () => {
    const stage = await openStage({ jobs: 40 });
    for (let at = 0; at < 40; at += 1) {
      stage.world.addRun({ jobId: `job_0${String(at).padStart(2, "0")}`, state: at % 2 ? "running" : "succeeded" });
    }
    const first = await runsOf(stage);
    expect(first).toHaveLength(40);
    stage.asked();
    for (let times = 0; times < 5; times += 1) expect(await runsOf(stage)).toHaveLength(40);
    expect(stage.asked().map((line) => line.split("?")[0]?.slice(4))).toEqual(
      Array.from({ length: 5 }, () => ["/computer/api/json", "/queue/api/json", "/api/json"]).flat(),
    );
  });

  it("a first look asks only for the jobs that moved since", async () => {
    const stage = await openStage({ jobs: 40 });
    const long = {
      state: "succeeded",
      startedAt: new Date("2026-11-20T00:00:00Z"),
      endedAt: new Date("2026-11-20T01:00:00Z"),
    } as const;
    for (let at = 10; at < 40; at += 1) stage.world.addRun({ jobId: `job_0${at}`, ...long });
    stage.world.addRun({ jobId: "job_012", state: "failed" });
    expect(await runsOf(stage)).toHaveLength(1);
    expect(stage.asked()).toHaveLength(4);
  });

  it("one build that ended costs one request", async () => {
    const stage = await openStage({ jobs: 5 });
    const runs = ["job_001", "job_002"].map((jobId) => ({
      jobId,
      runId: stage.world.addRun({ jobId, state: "running" }),
    }));
    await runsOf(stage);
    const [ended] = runs;
    stage.world.setRun("job_001", ended?.runId ?? "", { state: "failed" });
    stage.asked();
    const seen = await runsOf(stage);
    expect(seen.find(({ jobId }) => jobId === "job_001")?.state).toBe("failed");
    expect(stage.asked()).toHaveLength(4);
  });
});

describe("13. a gap of 250 builds", () => {
  it("is filled to the last, holes and all", async () => {
    const stage = await openStage({ jobs: 1 });
    const before = stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    await runsOf(stage);
    const added = Array.from({ length: 250 }, () => stage.world.addRun({ jobId: "job_000", state: "succeeded" }));
    for (const at of [3, 40, 120, 249]) stage.world.removeRun("job_000", added[at] ?? "");
    const seen = new Set((await runsOf(stage)).map(({ runId }) => runId));
    const left = added.filter((_, at) => ![3, 40, 120, 249].includes(at));
    expect([...seen].toSorted()).toEqual([before, ...left].toSorted());
  });

  it("is filled on a first look as well", async () => {
    const stage = await openStage({ jobs: 1 });
    const added = Array.from({ length: 130 }, () => stage.world.addRun({ jobId: "job_000", state: "failed" }));
    expect((await runsOf(stage)).map(({ runId }) => runId).toSorted()).toEqual(added.toSorted());
    const found = await collect(stage.connect().history({ from: past(stage), to: stage.now() }, signal));
    expect(found).toHaveLength(130);
  });
});

describe("a look back, one window after the other", () => {
  it("reads each build once, however many windows it takes", async () => {
    const stage = await openStage({ jobs: 1 });
    const begin = stage.now().getTime() - 10 * 24 * HOUR;
    const all = Array.from({ length: 240 }, (_, at) => {
      const startedAt = new Date(begin + at * HOUR);
      return stage.world.addRun({
        jobId: "job_000",
        state: "succeeded",
        startedAt,
        endedAt: new Date(startedAt.getTime() + MINUTE),
      });
    });
    const seen: string[] = [];
    for (let to = stage.now().getTime(); to > begin - HOUR; to -= 12 * HOUR) {
      const window = { from: new Date(to - 12 * HOUR), to: new Date(to) };
      seen.push(...(await collect(stage.remote.history(window, signal))).map(({ runId }) => runId));
    }
    expect(seen).toEqual(all.toReversed());
    const asked = stage.asked();
    expect(asked.filter((line) => line.includes("/job/job_000/api"))).toHaveLength(1);
    expect(asked.filter((line) => /job_000\/\d+\/api/.test(line)).length).toBeLessThanOrEqual(140 + 20);
  });
});

describe("14. what runs", () => {
  it("is told once, by its own executor and by its steps", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "pipe", kind: "pipeline" });
    stage.world.addJob({ id: "free", kind: "freestyle", concurrent: true });
    const runs = ["pipe", "free", "free"].map((jobId) => stage.world.addRun({ jobId, state: "running" }));
    for (const list of [
      stage.remote.open(signal),
      stage.connect().open(signal),
      stage.remote.runs(past(stage), signal),
    ]) {
      const seen = await collect(list);
      expect(seen.map(({ runId }) => runId).toSorted()).toEqual(runs.toSorted());
      expect(new Set(seen.map(({ state }) => state))).toEqual(new Set(["running"]));
    }
  });
});

describe("15. a step that waits for an agent", () => {
  it("is no queued run", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.world.addRun({ jobId: "job_000", state: "running" });
    stage.world.addWaitingStep("job_000");
    expect((await collect(stage.remote.open(signal))).map(({ state }) => state)).toEqual(["running"]);
    expect((await runsOf(stage)).map(({ state }) => state)).toEqual(["running"]);
  });
});

describe("16. a result", () => {
  it.each([
    ["SUCCESS", "succeeded", "result.success"],
    ["FAILURE", "failed", "result.failure"],
    ["ABORTED", "cancelled", "result.aborted"],
    ["NOT_BUILT", "skipped", "result.not_built"],
    ["UNSTABLE", "succeeded", "result.unstable.succeeded"],
    ["EVAPORATED", "unknown", "no-rule"],
    ["constructor", "unknown", "no-rule"],
  ])("%s is %s", async (result, state, rule) => {
    const stage = await openStage({ jobs: 1 });
    stage.world.addRun({ jobId: "job_000", state: "succeeded", result });
    expect((await runsOf(stage))[0]).toMatchObject({ state, native: { word: result, rule } });
  });

  it("UNSTABLE is failed where the team says so", async () => {
    const stage = await openStage({ jobs: 1, settings: { unstable: "failed" } });
    stage.world.addRun({ jobId: "job_000", state: "succeeded", result: "UNSTABLE" });
    expect((await runsOf(stage))[0]).toMatchObject({ state: "failed", native: { word: "UNSTABLE" } });
  });
});

describe("17. a result while it builds", () => {
  it("is still running, without an end", async () => {
    const stage = await openStage({ jobs: 1 });
    stage.world.addRun({ jobId: "job_000", state: "running", result: "FAILURE" });
    expect((await runsOf(stage))[0]).toMatchObject({
      state: "running",
      native: { word: "FAILURE", rule: "build.building" },
      endedAt: null,
    });
  });
});

describe("18. the same number at another time", () => {
  it("is a new run, also for a sync that was away", async () => {
    const stage = await openStage({ jobs: 1 });
    const old = stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    stage.world.addRun({ jobId: "job_000", state: "succeeded" });
    await runsOf(stage);
    stage.world.removeJob("job_000");
    stage.advance(HOUR);
    stage.world.addJob({ id: "job_000" });
    const fresh = stage.world.addRun({ jobId: "job_000", state: "running" });
    expect([old, fresh]).toEqual(["1@2026-11-21T03:00:00Z", "1@2026-11-21T04:00:00Z"]);
    for (const remote of [stage.remote, stage.connect()]) {
      const seen = await collect(remote.runs(new Date(stage.now().getTime() - MINUTE), signal));
      expect(seen.map(({ runId }) => runId)).toEqual([fresh]);
    }
    const { items } = await stage.remote.observe(
      [
        { jobId: "job_000", runId: old },
        { jobId: "job_000", runId: fresh },
      ],
      signal,
    );
    expect(items.map(({ runId }) => runId)).toEqual([fresh]);
    await expect(stage.remote.cancel({ jobId: "job_000", runId: old }, "", signal)).rejects.toMatchObject({
      fault: "missing",
    });
    expect((await stage.remote.observe([{ jobId: "job_000", runId: fresh }], signal)).items[0]?.state).toBe("running");
  });
});

describe("27. a schedule", () => {
  it("is read from the file of the job, and computed with its H", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "team/etl/nightly", kind: "freestyle", schedule: "TZ=Asia/Tokyo\n@daily" });
    stage.world.addJob({ id: "hello", kind: "pipeline", schedule: "H/15 * * * *" });
    stage.world.addJob({ id: "quiet", kind: "freestyle" });
    const jobs = await collect(stage.remote.jobs(signal));
    const schedules = Object.fromEntries(jobs.map(({ id, schedule }) => [id, schedule]));
    expect(schedules["team/etl/nightly"]).toEqual({
      expression: "TZ=Asia/Tokyo\n@daily",
      dialect: "jenkins",
      timezone: "Asia/Tokyo",
      text: null,
      nextAt: new Date("2026-11-21T13:12:00Z"),
    });
    expect(schedules["hello"]).toMatchObject({ timezone: "UTC", nextAt: new Date("2026-11-21T03:03:00Z") });
    expect(schedules["quiet"]).toBeNull();
  });

  it("has no next run where nobody told us the zone, and none while it is disabled", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "hello", schedule: "0 4 * * *" });
    const untold = stage.connect({ settings: { timezone: undefined } });
    expect((await collect(untold.jobs(signal)))[0]?.schedule).toMatchObject({ timezone: null, nextAt: null });
    stage.world.changeJob("hello", { disabled: true });
    expect((await collect(stage.remote.jobs(signal)))[0]).toMatchObject({ paused: true, schedule: { nextAt: null } });
  });

  it("that cannot be read says why", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "hello", schedule: "0 4 * * MON" });
    expect((await collect(stage.remote.jobs(signal)))[0]).toMatchObject({
      schedule: { expression: "0 4 * * MON", nextAt: null },
      problem: expect.stringContaining("MON"),
    });
  });

  it("costs one request a job, and none again for half an hour", async () => {
    const stage = await openStage();
    for (let at = 0; at < 12; at += 1)
      stage.world.addJob({ id: `free_${at}`, kind: "freestyle", schedule: "H * * * *" });
    const files = () => stage.asked().filter((line) => line.endsWith("/config.xml")).length;
    await ids(stage);
    expect(files()).toBe(12);
    await ids(stage);
    stage.advance(29 * MINUTE);
    await ids(stage);
    expect(files()).toBe(0);
    stage.advance(15 * MINUTE);
    await ids(stage);
    const some = files();
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(12);
    stage.advance(HOUR);
    await ids(stage);
    expect(files()).toBe(12);
  });
});

describe("28. config.xml that we may not read", () => {
  it("leaves the job there with its schedule unknown, and is named", async () => {
    const stage = await openStage();
    stage.world.addJob({ id: "hello", kind: "freestyle", schedule: "0 4 * * *" });
    stage.sandbox.quirks.forbidden.add("Job/ExtendedRead");
    expect(await collect(stage.remote.jobs(signal))).toMatchObject([{ id: "hello", schedule: null }]);
    expect((await stage.remote.probe(signal)).missingRights).toEqual([expect.stringContaining("Job/ExtendedRead")]);
  });
});

describe("29. a 404 on a build we knew", () => {
  it("leaves it out, and is no loop of errors", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "running" });
    await runsOf(stage);
    stage.world.removeRun("job_000", runId);
    expect((await stage.remote.observe([{ jobId: "job_000", runId }], signal)).items).toEqual([]);
    for (let times = 0; times < 2; times += 1) expect(await runsOf(stage)).toEqual([]);
    stage.asked();
    await runsOf(stage);
    expect(stage.asked()).toHaveLength(3);
    expect((await stage.remote.observe([{ jobId: "gone", runId: "3@2026-11-21T03:00:00Z" }], signal)).items).toEqual(
      [],
    );
  });

  it("is not believed of a Jenkins that answers nothing else either", async () => {
    const stage = await openStage({ jobs: 1 });
    const runId = stage.world.addRun({ jobId: "job_000", state: "running" });
    stage.proxy.interfere(status(404));
    await expect(stage.remote.observe([{ jobId: "job_000", runId }], signal)).rejects.toMatchObject({
      fault: "missing",
    });
  });
});

describe("30. requests", () => {
  it("are never more than four at once, and take gzip", async () => {
    const stage = await openStage();
    for (let at = 0; at < 30; at += 1) stage.world.addJob({ id: `free_${at}`, kind: "freestyle" });
    let [open, most] = [0, 0];
    stage.proxy.interfere(async ({ forward, answer }) => {
      open += 1;
      most = Math.max(most, open);
      const reply = await forward();
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      answer(reply);
    });
    await ids(stage);
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(1);
    expect(stage.proxy.seen[0]?.headers["accept-encoding"]).toContain("gzip");
    // And without the proxy, which unpacks everything: the answer is packed, and read.
    expect(await collect(stage.connect({ url: stage.sandbox.url }).jobs(signal))).toHaveLength(30);
  });
});
