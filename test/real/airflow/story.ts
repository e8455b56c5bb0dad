/** What a person does with an Airflow in a day, on a real one that runs our DAGs: start, look, cancel, retry, pause. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, describe, it } from "vitest";
import { airflow } from "../../../adapters/airflow/index.ts";
import type { Page, Remote, Started } from "../../../src/adapter/contract.ts";
import { createHost } from "../../../src/adapter/host.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import type { ForeignRun, ForeignRunRef } from "../../../src/model/foreign.ts";
import { isTerminal, type RunState } from "../../../src/model/run-state.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { eventually } from "../../support/eventually.ts";
import { realTool } from "../tool.ts";
import { type RealAirflow, startAirflow } from "./airflow.ts";
import type { Release } from "./releases.ts";

const signal = new AbortController().signal;
const PATIENCE_MS = 90_000;
const LONG_MS = 200_000;

export function describeStory(release: Release): void {
  const tool = realTool(async () => {
    const started = await startAirflow(release, { dags: "story", schedules: true });
    const remote = connect(started);
    await rm(join(started.folder, "story"), { recursive: true, force: true });
    await mkdir(join(started.folder, "story"), { recursive: true });
    return {
      ...started,
      remote,
      async stop() {
        await remote.close?.();
        await started.stop();
      },
    };
  });
  const remote = () => tool().remote;

  async function start(jobId: string, key: string, parameters = {}): Promise<Started> {
    const started = await remote().start?.({ jobId, key, parameters, note: "asked by the story" }, signal);
    if (!started) throw new Error("it cannot start");
    return started;
  }

  async function look(ref: ForeignRunRef): Promise<ForeignRun | undefined> {
    return (await remote().observe([ref], signal)).items[0];
  }

  async function become(ref: ForeignRunRef, state: RunState): Promise<ForeignRun> {
    let last: ForeignRun | undefined;
    const seen = await eventually(async () => {
      last = await look(ref);
      if (last?.state === state) return last;
      // It will not change its mind: say so now rather than in a minute and a half.
      if (last && isTerminal(last.state) && isTerminal(state)) throw new Error(`it became ${last.state}, not ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return null;
    }, PATIENCE_MS).catch((error: unknown) => {
      throw new Error(`${ref.jobId} is ${last?.state ?? "gone"}, and was to be ${state}`, { cause: error });
    });
    return seen;
  }

  async function partsOf(ref: ForeignRunRef): Promise<Record<string, string>> {
    const parts = (await remote().parts?.(ref, signal)) ?? [];
    return Object.fromEntries(parts.map(({ id, state, attempt }) => [id, `${state} ${attempt}`]));
  }

  describe(`${release.name}: a day with it`, () => {
    it("begins with what is there", { timeout: LONG_MS }, async () => {
      const jobs = await eventually(async () => {
        const found = await collect(remote().jobs(signal));
        return found.some(({ id }) => id === "writing") ? found : null;
      }, PATIENCE_MS);
      expect(jobs.map(({ id }) => id)).toEqual(expect.arrayContaining(["failing", "mapped", "paused", "slow"]));
      expect(jobs.find(({ id }) => id === "paused")).toMatchObject({
        paused: true,
        schedule: { expression: "0 3 * * *" },
      });
      expect(jobs.find(({ id }) => id === "reading")?.schedule?.expression).toBe(
        release.api === "v1" ? "Dataset" : "Asset",
      );
      const probe = await remote().probe(signal);
      expect(probe.troubles).toEqual([]);
      expect(probe.missingRights).toEqual([]);
    });

    it("starts a DAG under a key, once, and reads what came of it", { timeout: LONG_MS }, async () => {
      const { run, warning } = await start("succeeding", "story-1", { date: "2026-03-01" });
      expect(warning).toBeNull();
      expect((await start("succeeding", "story-1", { date: "2026-03-01" })).run.runId).toBe(run.runId);
      const ended = await become(run, "succeeded");
      expect(ended).toMatchObject({ cause: { kind: "us", key: "story-1" }, parameters: { date: "2026-03-01" } });
      expect(await remote().outputs?.(run, signal)).toEqual({
        extract: { return_value: { rows: 3, api_token: "[redacted]", of: "2026-03-01" } },
        load: { return_value: 6 },
      });
      expect(await partsOf(run)).toEqual({ extract: "succeeded 1", load: "succeeded 1" });
      const log = await remote().log?.(run, { tail: 20_000 }, signal);
      expect(log?.text).toContain("extracting for 2026-03-01");
      expect(log?.text).toContain("loading 3 rows");
      expect(log?.cut).toBe(false);
      const end = await remote().log?.(run, { tail: 30 }, signal);
      expect([end?.cut, log?.text.endsWith(end?.text ?? "-")]).toEqual([true, true]);
    });

    it("finds a run by its key, and none where there is none", async () => {
      const ask = (key: string) =>
        remote().find?.({ jobId: "succeeding", key, sentAfter: new Date(0), taken: [] }, signal);
      expect(await ask("story-1")).toMatchObject({ by: "key", run: { state: "succeeded" } });
      expect(await ask("story-none")).toBeNull();
    });

    it("retries what failed, and not what had succeeded", { timeout: LONG_MS }, async () => {
      const { run } = await start("failing", "story-2");
      await become(run, "failed");
      expect(await partsOf(run)).toEqual({ prepare: "succeeded 1", transform: "failed 1", report: "failed 0" });
      const log = await remote().log?.(run, { tail: 20_000 }, signal);
      expect(log?.text).toContain("the ledger is locked");
      expect(log?.text).toContain("about to look for the marker");

      await writeFile(join(tool().folder, "story", "mended"), "");
      const again = { run, key: "story-2-again", note: "mended" };
      const retried = await remote().retry?.(again, signal);
      expect(retried?.run.runId).toBe(run.runId);
      expect(isTerminal(retried?.run.state ?? "failed")).toBe(false);
      await become(run, "succeeded");
      expect(await partsOf(run)).toEqual({ prepare: "succeeded 1", transform: "succeeded 2", report: "succeeded 1" });
      // The answer was lost, and it is asked for again: nothing begins anew.
      expect((await remote().retry?.(again, signal))?.run.state).toBe("succeeded");
      expect((await look(run))?.state).toBe("succeeded");
    });

    it("cancels a run, and knows it from one that failed", { timeout: LONG_MS }, async () => {
      const { run } = await start("slow", "story-3");
      await become(run, "running");
      const reading = async () =>
        (await remote().log?.(run, { tail: 20_000 }, signal))?.text.includes("second 1") ? true : null;
      await eventually(reading, PATIENCE_MS);
      await expect(remote().retry?.({ run, key: "no", note: null }, signal)).rejects.toMatchObject({
        fault: "conflict",
      });
      await remote().cancel?.(run, "asked by the story", signal);
      await become(run, "cancelled");
      expect(await partsOf(run)).toEqual({ sleep: "failed 1", afterwards: "skipped 0" });
      await remote().cancel?.(run, "asked once more", signal);
      const done = { jobId: "succeeding", runId: "tutti__story-1" };
      await expect(remote().cancel?.(done, "too late", signal)).rejects.toMatchObject({ fault: "conflict" });
      expect((await look(done))?.state).toBe("succeeded");
    });

    it("does a cancelled run again, all of it, and cancels it again", { timeout: LONG_MS }, async () => {
      const run = { jobId: "slow", runId: "tutti__story-3" };
      await remote().retry?.({ run, key: "story-3-again", note: null }, signal);
      await become(run, "running");
      expect((await partsOf(run))["afterwards"]).toMatch(/^queued/);
      await remote().cancel?.(run, "enough", signal);
      await become(run, "cancelled");
    });

    it("warns of a pause, and resumes", { timeout: LONG_MS }, async () => {
      const { run, warning } = await start("paused", "story-4");
      expect(warning).toContain("paused");
      expect((await look(run))?.state).toBe("queued");
      await remote().resume?.("paused", signal);
      await become(run, "succeeded");
      await remote().pause?.("paused", signal);
      expect((await collect(remote().jobs(signal))).find(({ id }) => id === "paused")?.paused).toBe(true);
    });

    it("tells the pieces of a mapped task apart", { timeout: LONG_MS }, async () => {
      const { run } = await start("mapped", "story-5");
      await become(run, "succeeded");
      expect(await partsOf(run)).toEqual({
        numbers: "succeeded 1",
        "square[0]": "succeeded 1",
        "square[1]": "succeeded 1",
        "square[2]": "succeeded 1",
      });
      expect(await remote().outputs?.(run, signal)).toMatchObject({ "square[2]": { return_value: 4 } });
      expect((await remote().log?.(run, { tail: 20_000 }, signal))?.missing).toBeNull();
    });

    it("knows which DAG waits for whose data", { timeout: LONG_MS }, async () => {
      expect(await collect(remote().links?.(signal) ?? none())).toEqual(
        expect.arrayContaining([
          { kind: "data", jobId: "writing", access: "writes", data: "s3://ledger/daily" },
          { kind: "data", jobId: "reading", access: "reads", data: "s3://ledger/daily" },
        ]),
      );
      const since = new Date(Date.now() - 60_000);
      await become((await start("writing", "story-6")).run, "succeeded");
      const caused = await eventually(async () => {
        const runs = await collect(remote().runs(since, signal));
        return runs.find(({ jobId }) => jobId === "reading");
      }, PATIENCE_MS);
      expect(caused.cause.kind).toBe("trigger");
    });

    it("shows what waits for a person", { timeout: LONG_MS }, async ({ skip }) => {
      if (release.api === "v1") skip("an Airflow 2 asks nobody");
      const { run } = await start("deciding", "story-7");
      const [gate] = await eventually(async () => {
        const gates = await collect(remote().gates?.(signal) ?? none());
        return gates.length > 0 ? gates : null;
      }, PATIENCE_MS);
      expect(gate).toMatchObject({
        jobId: "deciding",
        runId: run.runId,
        gateId: "approve",
        title: "Pay the ledger?",
        text: "It comes to 42.",
        choices: ["Approve", "Reject"],
        asked: [],
      });
      await remote().cancel?.(run, "nobody answers", signal);
      await eventually(async () => (await collect(remote().gates?.(signal) ?? none())).length === 0, PATIENCE_MS);
    });

    it("says which DAGs it cannot read any more, and why", { timeout: LONG_MS }, async () => {
      await writeFile(join(tool().folder, "story", "broken"), "");
      const probe = await eventually(async () => {
        const seen = await remote().probe(signal);
        return seen.troubles.some((line) => line.includes("fragile.py")) ? seen : null;
      }, PATIENCE_MS);
      expect(probe.troubles.join()).toContain("import errors: ");
      const problems = (await collect(remote().jobs(signal)))
        .filter(({ id }) => id.startsWith("fragile"))
        .map(({ problem }) => problem);
      expect(problems).toEqual(Array.from({ length: 2 }, () => expect.stringContaining("the deployment is half done")));
      await expect(start("fragile_one", "story-10")).rejects.toMatchObject({ uncertain: false });
    });

    it("leaves out a run that was deleted there", async () => {
      const run = { jobId: "mapped", runId: "tutti__story-5" };
      await tool().database.query("delete from dag_run where run_id = $1", [run.runId]);
      expect(await look(run)).toBeUndefined();
    });

    it("refuses a start it cannot do, and says what is wrong", async () => {
      await expect(start("no_such_dag", "story-8")).rejects.toMatchObject({ fault: "missing", uncertain: false });
      await expect(start("succeeding", "with space")).rejects.toMatchObject({ fault: "malformed", uncertain: false });
      const list = { jobId: "succeeding", key: "story-9", parameters: [1], note: null };
      await expect(remote().start?.(list, signal)).rejects.toMatchObject({ fault: "malformed", uncertain: false });
    });

    it("finds what it began when the server is restarted in the middle", { timeout: LONG_MS }, async () => {
      await tool().restartWeb();
      const found = await remote().find?.(
        { jobId: "succeeding", key: "story-1", sentAfter: new Date(0), taken: [] },
        signal,
      );
      expect(found?.run.state).toBe("succeeded");
    });
  });
}

function connect({ config, secrets }: RealAirflow): Remote {
  const host = createHost({
    source: "story",
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    secrets: createSecrets({ env: secrets }),
  });
  return airflow.connect(airflow.config.parse(config), host);
}

async function collect<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
}

async function* none(): AsyncGenerator<never> {}
