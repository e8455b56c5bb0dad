/** The sandbox, judged by kubectl: what the real client cannot use is no cluster. */
import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, createCertificate } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type KubernetesStage, openStage } from "./kubernetes/stage.ts";

const run = promisify(execFile);
const jobId = "reports/nightly";
const hasKubectl = await run("kubectl", ["version", "--client"]).then(
  () => true,
  () => false,
);

describe.skipIf(!hasKubectl)("kubectl on the sandbox", () => {
  let stage: KubernetesStage;
  let access: string[];

  beforeAll(async () => {
    // By TLS, for kubectl shows its token to nobody else.
    const authority = createAuthority("cluster");
    const tls = createCertificate({ name: "127.0.0.1", issuer: authority });
    stage = await openStage({ tls });
    stage.sandbox.world.addJob({ id: jobId, schedule: "0 2 * * *" });
    const home = await temporaryFolder();
    const ca = join(home, "ca.crt");
    await writeFile(ca, authority.cert);
    const { url, token } = stage.sandbox;
    access = [`--server=${url}`, `--token=${token}`, `--certificate-authority=${ca}`];
    access.push(`--cache-dir=${home}`, "--kubeconfig=/dev/null");
  });
  afterAll(() => stage.close());

  const kubectl = async (...args: string[]) => (await run("kubectl", [...access, ...args])).stdout;
  const nameOf = (runId: string) => runId.split("~")[0] ?? "";

  /** Follows until it has said what is waited for. */
  function following(...args: string[]) {
    const child = spawn("kubectl", [...access, ...args]);
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    return { said: () => said, ended, stop: () => child.kill() };
  }

  it("gets Jobs of all namespaces, in its own columns", async () => {
    const name = nameOf(stage.sandbox.world.addRun({ jobId, state: "succeeded" }));
    const table = await kubectl("get", "jobs", "-A");
    expect(table).toMatch(/^NAMESPACE\s+NAME\s+STATUS\s+COMPLETIONS\s+DURATION\s+AGE/);
    expect(table).toMatch(new RegExp(`reports\\s+${name}\\s+Complete\\s+1/1`));
    expect(await kubectl("get", "cronjobs", "-n", "reports")).toMatch(/nightly\s+0 2 \* \* \*\s+<none>\s+False/);
    expect(JSON.parse(await kubectl("get", "job", name, "-n", "reports", "-o", "json"))).toMatchObject({ kind: "Job" });
    expect(await kubectl("get", "pods", "-n", "reports")).toMatch(/Completed/);
    expect(await kubectl("get", "events", "-n", "reports")).toMatch(/Completed\s+job/);
  });

  it("pages a long list by itself", async () => {
    for (let at = 0; at < 12; at += 1)
      stage.sandbox.world.addRun({ jobId: "paged/many", state: "succeeded", queuedAt: new Date(at * 60_000) });
    const names = (await kubectl("get", "jobs", "-n", "paged", "--chunk-size=5", "-o", "name")).trim().split("\n");
    expect(names).toHaveLength(12);
  });

  it("watches a Job to its end", async () => {
    const runId = stage.sandbox.world.addRun({ jobId: "watched/one", state: "running" });
    const watch = following("get", "jobs", "-n", "watched", "-w");
    await eventually(() => watch.said().includes("Running"));
    stage.sandbox.world.setRun("watched/one", runId, { state: "failed" });
    await eventually(() => /Failed\s+0\/1/.test(watch.said()));
    watch.stop();
    await watch.ended;
  });

  it("describes a Job with its events", async () => {
    const name = nameOf(stage.sandbox.world.addRun({ jobId: "told/one", state: "failed" }));
    const text = await kubectl("describe", "job", name, "-n", "told");
    expect(text).toMatch(/Controlled By:\s+CronJob\/one/);
    expect(text).toMatch(/Warning\s+BackoffLimitExceeded/);
  });

  it("deletes a Job, and its pods with it", async () => {
    const name = nameOf(stage.sandbox.world.addRun({ jobId: "gone/one", state: "running" }));
    expect(await kubectl("delete", "job", name, "-n", "gone")).toMatch(/deleted/);
    expect(await kubectl("get", "pods", "-n", "gone", "-o", "name")).toBe("");
  });

  it("follows a log until the pod has ended", async () => {
    const runId = stage.sandbox.world.addRun({ jobId: "logged/one", state: "running" });
    const log = following("logs", "-f", `job/${nameOf(runId)}`, "-n", "logged");
    await eventually(() => log.said().includes("connecting"));
    stage.sandbox.world.writeLog("logged/one", runId, "half way\n");
    await eventually(() => log.said().includes("half way"));
    stage.sandbox.world.setRun("logged/one", runId, { state: "succeeded" });
    await log.ended;
    expect(log.said()).toMatch(/begins[\s\S]*half way[\s\S]*done/);
  });

  it("is told in the API's words what it may not do", async () => {
    stage.sandbox.quirks.forbidden.add("list cronjobs.batch");
    await expect(kubectl("get", "cronjobs", "-A")).rejects.toThrow(
      /cannot list resource "cronjobs" in API group "batch" at the cluster scope/,
    );
    stage.sandbox.quirks.forbidden.clear();
    await expect(kubectl("get", "job", "nobody", "-n", "reports")).rejects.toThrow(/jobs.batch "nobody" not found/);
  });
});
