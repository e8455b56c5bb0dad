import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { config } from "../../../adapters/kubernetes/config.ts";
import { type KubernetesRemote, openRemote } from "../../../adapters/kubernetes/remote.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { eventually } from "../../support/eventually.ts";
import { sourceHost } from "../../support/source-host.ts";

const never = new AbortController().signal;
const path = process.env["TUTTI_REAL_KUBECONFIG"];
const namespace = `tutti-${Date.now().toString(36)}`;
const jobId = `${namespace}/nightly`;

describe.skipIf(path === undefined)("a real cluster", () => {
  let remote: KubernetesRemote;
  const kubectl = (...args: string[]) =>
    execFileSync("kubectl", ["--kubeconfig", path ?? "", "-n", namespace, ...args]).toString();
  const stateOf = async (run: ForeignRunRef) => (await remote.observe([run], never)).items[0]?.state;

  beforeAll(() => {
    kubectl("create", "namespace", namespace);
    kubectl("create", "cronjob", "nightly", "--image=busybox", "--schedule=0 2 * * *", "--", "true");
    const settings = config.parse({ access: { kind: "kubeconfig", path }, namespaces: [namespace] });
    remote = openRemote(settings, sourceHost());
  });
  afterAll(async () => {
    await remote.close();
    kubectl("delete", "namespace", namespace, "--wait=false");
  });

  const start = (key: string) => remote.start({ jobId, key, parameters: { date: "today" }, note: null }, never);

  it("lacks no right of an administrator", async () => {
    expect((await remote.probe(never)).missingRights).toEqual([]);
  });

  it("begins one Job for one key", async () => {
    const both = await Promise.all([start("one"), start("one")]);
    expect(both[0].run.runId).toBe(both[1].run.runId);
    expect((await start("one")).run.runId).toBe(both[0].run.runId);
    const found = await remote.find({ jobId, key: "one", sentAfter: new Date(0), taken: [] }, never);
    expect(found?.run.runId).toBe(both[0].run.runId);
  });

  it("ends a cancelled Job, keeps it, and does it again", async () => {
    const { run } = await start("two");
    await eventually(async () => (await remote.parts(run, never)).length === 1);
    await remote.cancel(run, "stop", never);
    await eventually(async () => (await stateOf(run)) === "cancelled", 30_000);
    const again = await remote.retry({ run, key: "two-again", note: null }, never);
    expect(again.run).toMatchObject({ jobId, cause: { key: "two-again" } });
  });

  it("pauses and resumes a CronJob", async () => {
    const suspended = () => kubectl("get", "cronjob", "nightly", "-o", "jsonpath={.spec.suspend}");
    await remote.pause(jobId, never);
    expect(suspended()).toBe("true");
    await remote.resume(jobId, never);
    expect(suspended()).toBe("false");
  });
});
