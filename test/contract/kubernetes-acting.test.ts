/** The lines of the checklist about acting, by their numbers. */
import { afterEach, describe, expect, it } from "vitest";
import { nameOf } from "../../adapters/kubernetes/ours.ts";
import { RIGHTS, printRight } from "../../adapters/kubernetes/rights.ts";
import { eventually } from "../support/eventually.ts";
import type { Exchange } from "../../adapters/kubernetes/sandbox/server.ts";
import { all, beginWatch, never, observed, openStage, type StageOptions } from "./kubernetes/stage.ts";

const jobId = "reports/nightly";
const key = "tutti-7f3a";
const request = { jobId, key, parameters: null, note: null };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function given(options: StageOptions = {}) {
  const exchanges: Exchange[] = [];
  const stage = await openStage({ ...options, onExchange: (exchange) => exchanges.push(exchange) });
  closing.push(stage.close);
  stage.sandbox.world.addJob({ id: jobId, schedule: "0 2 * * *", jobSpec: { backoffLimit: 2 } });
  const { world } = stage.sandbox;
  const jobsCalled = (named: string) =>
    stage.sandbox.cluster.store.list("jobs").filter(({ metadata }) => metadata.name === named);
  return { ...stage, world, exchanges, jobsCalled };
}

describe("a start", () => {
  it("18: builds the manifest, with our marks and a name of 63 at most", async () => {
    const { remote, exchanges } = await given();
    const { run } = await remote.start(
      { ...request, parameters: { date: "2026-03-01", full: true }, note: "by ada" },
      never,
    );
    const { body } = exchanges.find(({ method }) => method === "POST") ?? { body: null };
    const name = nameOf("nightly", key);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(nameOf("x".repeat(60), key).length).toBeLessThanOrEqual(52);
    expect(body).toEqual({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name,
        namespace: "reports",
        labels: { "tutti.dev/started": name.slice(-16) },
        annotations: {
          "cronjob.kubernetes.io/instantiate": "manual",
          "tutti.dev/key": key,
          "tutti.dev/job": jobId,
          "tutti.dev/note": "by ada",
          "tutti.dev/parameters": '{"date":"2026-03-01","full":true}',
        },
        ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: expect.any(String) }],
      },
      spec: {
        backoffLimit: 2,
        ttlSecondsAfterFinished: 604_800,
        template: {
          spec: {
            restartPolicy: "Never",
            containers: [
              {
                name: "main",
                image: "registry.example/reports:7",
                command: ["/bin/run"],
                env: [
                  { name: "date", value: "2026-03-01" },
                  { name: "full", value: "true" },
                ],
              },
            ],
          },
        },
      },
    });
    expect(run).toMatchObject({ jobId, cause: { kind: "us", key }, parameters: { date: "2026-03-01", full: true } });
  });

  it("18: is controlled by its CronJob only where that is asked for", async () => {
    const { remote, exchanges } = await given({ config: { started: { owner: "controlled" } } });
    await remote.start(request, never);
    const { body } = exchanges.find(({ method }) => method === "POST") ?? { body: null };
    const reference = { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: expect.any(String) as string };
    expect(body).toMatchObject({ metadata: { ownerReferences: [{ ...reference, controller: true }] } });
    expect(JSON.stringify(body)).not.toContain("blockOwnerDeletion");
  });

  it("19: AlreadyExists with our key is our own success", async () => {
    const { remote, connect, world } = await given();
    const first = await remote.start(request, never);
    const again = await connect().start(request, never);
    expect(again.run.runId).toBe(first.run.runId);
    expect(world.startedWithKey(key)).toHaveLength(1);
  });

  it("19: AlreadyExists with another key is somebody else's", async () => {
    const { remote, world, jobsCalled } = await given();
    const name = nameOf("nightly", key);
    world.addRun({ jobId: `reports/job/${name}`, standalone: true, runId: name, state: "running" });
    const error = await remote.start(request, never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fault: "conflict", uncertain: false, message: /not ours/ });
    expect(jobsCalled(name)).toHaveLength(1);
  });

  it("20: a key whose Job has come and gone begins nothing", async () => {
    const { remote, world } = await given();
    const watch = beginWatch(remote);
    closing.push(watch.stop);
    const { run } = await remote.start(request, never);
    await eventually(() => watch.told.includes(run.runId));
    world.setRun(jobId, run.runId, { state: "succeeded" });
    world.removeRun(jobId, run.runId);
    await eventually(() => remote.memory.size.vanished === 1);
    const again = await remote.start(request, never);
    expect(again).toMatchObject({ run: { runId: run.runId, state: "succeeded" }, warning: /ran before/ });
    expect((await remote.find({ jobId, key, sentAfter: new Date(0), taken: [] }, never))?.run.runId).toBe(run.runId);
    expect(world.startedWithKey(key)).toEqual([]);
  });

  it("20: is kept for days, whatever its template says", async () => {
    const { remote, world } = await given();
    world.addJob({ id: "reports/hasty", jobSpec: { ttlSecondsAfterFinished: 0 } });
    const { run } = await remote.start({ ...request, jobId: "reports/hasty" }, never);
    world.setRun("reports/hasty", run.runId, { state: "succeeded" });
    expect(world.job("reports/hasty", run.runId).spec.ttlSecondsAfterFinished).toBe(604_800);
  });

  it("overrides nothing that comes from a secret", async () => {
    const { remote, world } = await given();
    const containers = [
      { name: "main", env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
    ];
    world.addJob({
      id: "reports/careful",
      jobSpec: { template: { spec: { restartPolicy: "Never", containers } } },
    });
    for (const parameters of [{ TOKEN: "mine" }, { LD_PRELOAD: "/evil.so" }, { "a b": 1 }, ["list"]]) {
      const error = await remote
        .start({ ...request, jobId: "reports/careful", parameters }, never)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ fault: "refused", uncertain: false });
    }
    expect(world.startedWithKey(key)).toEqual([]);
  });

  it("of a template runs one pod, once", async () => {
    const spec = { template: { spec: { containers: [{ name: "main", image: "busybox" }] } } };
    const templates = [{ namespace: "reports", name: "publish", spec, parameters: ["date"] }];
    const { remote, world } = await given({ config: { templates } });
    const publish = { ...request, jobId: "reports/template/publish" };
    const { run } = await remote.start({ ...publish, parameters: { date: "today" } }, never);
    expect(run).toMatchObject({ jobId: "reports/template/publish", cause: { key } });
    expect(world.job(run.jobId, run.runId).spec).toMatchObject({ backoffLimit: 0, podReplacementPolicy: "Failed" });
    expect((await all(remote.jobs(never))).map(({ id }) => id)).toContain("reports/template/publish");
    await expect(remote.start({ ...publish, key: "other", parameters: { who: 1 } }, never)).rejects.toThrow(
      /takes date/,
    );
  });

  it("beside a run of a CronJob that forbids it is told, or refused", async () => {
    const stage = await given();
    const { store } = stage.sandbox.cluster;
    stage.world.addJob({ id: jobId, spec: { concurrencyPolicy: "Forbid" } });
    const cronJob = store.get("cronjobs", "reports", "nightly");
    if (cronJob) store.replace("cronjobs", { ...cronJob, status: { active: [{ name: "nightly-1", uid: "1" }] } });
    expect((await stage.remote.start(request, never)).warning).toMatch(/forbids overlaps/);
    const strict = await given({ config: { started: { overlap: "refuse" } } });
    const other = strict.sandbox.cluster.store;
    strict.world.addJob({ id: jobId, spec: { concurrencyPolicy: "Forbid" } });
    const busy = other.get("cronjobs", "reports", "nightly");
    if (busy) other.replace("cronjobs", { ...busy, status: { active: [{ name: "nightly-1", uid: "1" }] } });
    await expect(strict.remote.start(request, never)).rejects.toMatchObject({ fault: "conflict", uncertain: false });
  });

  it("that is invalid says what is wrong with it", async () => {
    const spec = { restartPolicy: "Always", template: { spec: { containers: [{ name: "main" }] } } };
    const { remote } = await given({ config: { templates: [{ namespace: "reports", name: "typo", spec }] } });
    await expect(remote.start({ ...request, jobId: "reports/template/typo" }, never)).rejects.toMatchObject({
      message: expect.stringMatching(/unknown field "spec.restartPolicy"/),
      uncertain: false,
    });
  });
});

describe("a cancel", () => {
  it("22: deletes with a body that holds policy and uid", async () => {
    const { remote, world, exchanges, sandbox } = await given({ config: { cancel: "delete" } });
    const runId = world.addRun({ jobId, state: "running" });
    const { uid } = world.job(jobId, runId).metadata;
    await remote.cancel({ jobId, runId }, "stop", never);
    const deletion = exchanges.find(({ method }) => method === "DELETE");
    expect(deletion?.body).toEqual({
      kind: "DeleteOptions",
      apiVersion: "v1",
      propagationPolicy: "Background",
      preconditions: { uid },
    });
    expect(sandbox.cluster.store.list("pods")).toEqual([]);
  });

  it("22: the sandbox orphans pods where nobody says otherwise", async () => {
    const { world, sandbox } = await given();
    world.addRun({ jobId, state: "running" });
    const [job] = sandbox.cluster.store.list("jobs");
    const url = `${sandbox.url}/apis/batch/v1/namespaces/reports/jobs/${job?.metadata.name}?propagationPolicy=Background`;
    await fetch(url, {
      method: "DELETE",
      headers: { authorization: `Bearer ${sandbox.token}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(sandbox.cluster.store.list("jobs")).toEqual([]);
    expect(sandbox.cluster.store.list("pods")).toHaveLength(1);
  });

  it("23: sets the deadline by a merge patch, and the record stays", async () => {
    const { remote, world, exchanges } = await given();
    const runId = world.addRun({
      jobId,
      state: "running",
      startedAt: new Date(Date.now() - 60_000),
      spec: { activeDeadlineSeconds: 900 },
    });
    await remote.cancel({ jobId, runId }, "stop", never);
    const patch = exchanges.find(({ method }) => method === "PATCH");
    expect(patch).toMatchObject({
      status: 200,
      body: {
        spec: { activeDeadlineSeconds: 1 },
        metadata: { annotations: { "tutti.dev/cancelled": "stop", "tutti.dev/deadline-was": "900" } },
      },
    });
    expect(await observed(remote, { jobId, runId })).toMatchObject([
      { state: "cancelled", native: { word: "Failed: DeadlineExceeded" } },
    ]);
    await expect(remote.cancel({ jobId, runId }, "again", never)).rejects.toMatchObject({
      fault: "conflict",
      message: /too late/,
    });
  });

  it("23: a deadline that is not acted on is followed by deletion", async () => {
    const { remote, world, sandbox, exchanges } = await given();
    sandbox.quirks.ignoreDeadlines = true;
    const runId = world.addRun({ jobId, state: "running" });
    await remote.cancel({ jobId, runId }, "stop", never);
    expect(exchanges.filter(({ method }) => method === "DELETE")).toHaveLength(1);
    expect(sandbox.cluster.store.list("jobs")).toEqual([]);
  });
});

describe("a retry", () => {
  it("24: strips what the controller wrote, and the deadline of a cancel", async () => {
    const { remote, world } = await given();
    const runId = world.addRun({
      jobId,
      state: "running",
      startedAt: new Date(Date.now() - 60_000),
      spec: { activeDeadlineSeconds: 900 },
    });
    await remote.cancel({ jobId, runId }, "stop", never);
    const { run } = await remote.retry({ run: { jobId, runId }, key, note: "once more" }, never);
    const job = world.job(jobId, run.runId);
    expect(job.spec.activeDeadlineSeconds).toBe(900);
    expect(job.metadata.annotations).toMatchObject({ "tutti.dev/retry-of": runId, "tutti.dev/key": key });
    expect(job.metadata.annotations).not.toHaveProperty("tutti.dev/cancelled");
    expect(job.metadata.ownerReferences?.[0]).not.toHaveProperty("controller");
    expect(run).toMatchObject({ jobId, cause: { kind: "us", key } });
    const again = await remote.retry({ run: { jobId, runId }, key, note: null }, never);
    expect(again.run.runId).toBe(run.runId);
    expect((await remote.find({ jobId, key, sentAfter: new Date(0), taken: [] }, never))?.run.runId).toBe(run.runId);
  });

  it("of a run that goes on is a conflict", async () => {
    const { remote, world } = await given();
    const runId = world.addRun({ jobId, state: "running" });
    await expect(remote.retry({ run: { jobId, runId }, key, note: null }, never)).rejects.toMatchObject({
      fault: "conflict",
    });
  });
});

describe("a pause", () => {
  it("25: suspends the CronJob, and a resume without a deadline warns", async () => {
    const { remote, host, sandbox } = await given();
    await remote.pause(jobId, never);
    expect(sandbox.cluster.store.get("cronjobs", "reports", "nightly")?.["spec"]).toMatchObject({ suspend: true });
    await remote.resume(jobId, never);
    expect(host.printed()).toMatch(/a run it missed while paused starts at once/);
    expect((await all(remote.jobs(never))).find(({ id }) => id === jobId)?.paused).toBe(false);
  });

  it("of what has no schedule is refused", async () => {
    const { remote } = await given();
    await expect(remote.pause("reports/job/once", never)).rejects.toMatchObject({
      fault: "missing",
      message: /no CronJob/,
    });
  });
});

describe("the rights", () => {
  it("that are asked for are those that are used", async () => {
    const { remote, world, sandbox } = await given();
    const watch = beginWatch(remote);
    closing.push(watch.stop);
    const runId = world.addRun({ jobId, state: "running", startedAt: new Date(Date.now() - 60_000) });
    await eventually(() => watch.told.includes(runId));
    await all(remote.jobs(never));
    await remote.start(request, never);
    await remote.log({ jobId, runId }, { tail: 1_000 }, never);
    await remote.pause(jobId, never);
    sandbox.quirks.ignoreDeadlines = true;
    await remote.cancel({ jobId, runId }, "stop", never);
    expect([...sandbox.used].toSorted()).toEqual(RIGHTS.map(printRight).toSorted());
  });

  it("that are missing are named by the probe", async () => {
    const { remote, sandbox } = await given();
    sandbox.quirks.forbidden.add("watch pods").add("get pods/log");
    sandbox.quirks.unready.add("etcd");
    expect(await remote.probe(never)).toMatchObject({
      version: "1.33.1",
      missingRights: ["watch pods", "get pods/log"],
      troubles: ["api server: etcd failed: reason withheld"],
    });
  });
});
