/** The released OpenAPI document judges what the adapter asks and what the sandbox answers. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Exchange } from "../../adapters/kubernetes/sandbox/server.ts";
import { readSpec } from "./kubernetes/spec.ts";
import { all, type KubernetesStage, never, openStage } from "./kubernetes/stage.ts";

const jobId = "reports/nightly";
const spec = readSpec();

/** What the document at hand has left out. */
const ELSEWHERE = /^(?:GET \/readyz|POST \/apis\/authorization\.k8s\.io\/v1\/selfsubjectaccessreviews)/;

async function given(exchanges: Exchange[]): Promise<KubernetesStage> {
  const stage = await openStage({ onExchange: (exchange) => exchanges.push(exchange), config: { pageSize: 20 } });
  onTestFinished(stage.close);
  const { world } = stage.sandbox;
  world.addJob({ id: jobId, schedule: "0 2 * * *", spec: { timeZone: "Europe/Paris" }, containers: ["main", "mail"] });
  world.addJob({ id: "reports/paused", paused: true, labels: { team: "ledger" } });
  for (let at = 0; at < 60; at += 1) {
    const state = (["queued", "running", "waiting", "succeeded", "failed", "cancelled"] as const)[at % 6] ?? "queued";
    world.addRun({ jobId, state, queuedAt: new Date(Date.now() - at * 60_000), parameters: { n: at } });
  }
  world.warnAbout(jobId, "MissSchedule", "missed its time");
  return stage;
}

function judged(exchanges: readonly Exchange[]): string[] {
  const strangers = exchanges.filter((exchange) => !spec.covers(exchange)).map(({ method, url }) => `${method} ${url}`);
  expect(strangers.filter((line) => !ELSEWHERE.test(line))).toEqual([]);
  const own = exchanges.filter((exchange) => spec.covers(exchange));
  expect(own.length).toBeGreaterThan(5);
  return own.flatMap((exchange) => {
    const line = `${exchange.method} ${exchange.url.split("?")[0]}`;
    return spec.complaints(exchange).map((complaint) => `${line}: ${complaint}`);
  });
}

describe("the released API of Kubernetes", () => {
  it("knows all that the adapter asks, and its answers", async () => {
    const exchanges: Exchange[] = [];
    const { remote } = await given(exchanges);
    await remote.probe(never);
    expect(await all(remote.jobs(never))).toHaveLength(2);
    expect(await all(remote.runs(new Date(0), never))).toHaveLength(60);
    expect(await all(remote.open(never))).toHaveLength(30);
    expect(judged(exchanges)).toEqual([]);
  });

  it("knows all that the adapter does, and its answers", async () => {
    const exchanges: Exchange[] = [];
    const { remote, sandbox } = await given(exchanges);
    const request = { jobId, key: "k1", parameters: null, note: "asked by the spec" };
    const started = (await remote.start(request, never))?.run ?? { jobId, runId: "" };
    await remote.start(request, never);
    await remote.parts(started, never);
    sandbox.world.setRun(started.jobId, started.runId, { state: "running" });
    expect((await remote.log(started, { tail: 1_000 }, never)).text).toContain("connecting");
    await remote.cancel(started, "no longer wanted", never);
    const failed = { jobId, runId: sandbox.world.addRun({ jobId, state: "failed" }) };
    await remote.retry({ run: failed, key: "k2", note: null }, never);
    const waiting = { jobId, runId: sandbox.world.addRun({ jobId, state: "waiting" }) };
    await remote.cancel(waiting, "no longer wanted", never);
    await remote.pause(jobId, never);
    await remote.resume(jobId, never);
    await remote.outputs(failed, never);
    const methods = new Set(exchanges.map(({ method }) => method));
    expect(methods).toEqual(new Set(["GET", "POST", "PATCH", "DELETE"]));
    expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([200, 201, 409]));
    expect(judged(exchanges)).toEqual([]);
  });

  it("knows every refusal", async () => {
    const exchanges: Exchange[] = [];
    const { remote, sandbox } = await given(exchanges);
    const gone = { jobId, runId: sandbox.world.addRun({ jobId, state: "running" }) };
    sandbox.world.removeRun(jobId, gone.runId);
    expect(await remote.parts(gone, never)).toEqual([]);
    await fetch(`${sandbox.url}/apis/batch/v1/jobs`);
    sandbox.quirks.forbidden.add("list jobs.batch");
    await expect(all(remote.open(never))).rejects.toMatchObject({ status: 403 });
    const invalid = { jobId, key: "k3", parameters: { 'not a "name"': "1" }, note: null };
    await remote.start(invalid, never).catch(() => null);
    sandbox.quirks.forbidden.clear();
    await all(remote.jobs(never));
    expect(exchanges.map(({ status }) => status)).toEqual(expect.arrayContaining([401, 403, 404]));
    expect(judged(exchanges)).toEqual([]);
  });

  it("knows every object that a watch tells of", async () => {
    const { sandbox } = await given([]);
    const from = String(sandbox.cluster.store.version);
    const headers = { authorization: `Bearer ${sandbox.token}` };
    const run = sandbox.world.addRun({ jobId, state: "running" });
    sandbox.world.setRun(jobId, run, { state: "failed" });
    sandbox.world.removeRun(jobId, run);
    for (const [kind, path] of [
      ["Job", "/apis/batch/v1/jobs"],
      ["Pod", "/api/v1/pods"],
    ] as const) {
      const url = `${sandbox.url}${path}?watch=1&resourceVersion=${from}&timeoutSeconds=1`;
      const lines = (await (await fetch(url, { headers })).text()).trim().split("\n");
      const events = lines.map((line) => JSON.parse(line) as { readonly type: string; readonly object: unknown });
      expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["ADDED", "MODIFIED", "DELETED"]));
      expect(events.flatMap(({ object }) => spec.complaintsOf(kind, object))).toEqual([]);
    }
  });

  it("would notice an invented field, parameter, path and status", () => {
    const metadata = { resourceVersion: "1" };
    const answer = { kind: "JobList", apiVersion: "batch/v1", metadata, items: [] };
    const exchange: Exchange = { method: "GET", url: "/apis/batch/v1/jobs", body: null, status: 200, answer };
    expect(spec.complaints(exchange)).toEqual([]);
    expect(spec.complaints({ ...exchange, answer: { ...answer, more: 1 } })).toEqual([expect.stringContaining("more")]);
    expect(spec.complaints({ ...exchange, url: "/apis/batch/v1/job" })).toEqual(["no such path"]);
    expect(spec.complaints({ ...exchange, url: `${exchange.url}?since=1` })).toEqual(["query since is not known"]);
    expect(spec.complaints({ ...exchange, url: `${exchange.url}?limit=ten` })).toEqual(["query limit is no integer"]);
    expect(spec.complaints({ ...exchange, status: 203 })).toEqual(["answer 203 is not known"]);
    const odd = { ...answer, items: [{ metadata: { creationTimestamp: "yesterday" } }] };
    expect(spec.complaints({ ...exchange, answer: odd })).toEqual([expect.stringContaining("creationTimestamp")]);
  });
});
