import { afterEach, describe, expect, it } from "vitest";
import type { Adapter, Remote } from "../../../src/adapter/contract.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import type { RowKey } from "../../../src/store/read/row-key.ts";
import { jobByReference } from "../../../src/store/read/jobs.ts";
import { runById } from "../../../src/store/read/runs.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import { stopWatching, watchedRuns } from "../../../src/store/intent/watched.ts";
import type { RunState } from "../../../src/model/run-state.ts";
import { eventually } from "../../support/eventually.ts";
import { toy } from "../../contract/toy/index.ts";
import { ADA, type Actor, type EngineStage, engineStage } from "./stage.ts";

const JOB = { source: "one", jobId: "job_000" };
const QUICK = {
  firstLookMs: 5,
  firstRetryMs: 5,
  longestMs: 20,
  followMs: 20,
  repeatCancelMs: 60,
  orphanMs: 400,
  orphanEveryMs: 50,
};
const never = new AbortController().signal;

let stage: EngineStage;
afterEach(() => stage.close());

async function given(change: (remote: Remote) => Partial<Remote> = () => ({})): Promise<Actor> {
  const adapter = {
    ...toy,
    connect(config, host) {
      const remote = (toy as Adapter).connect(config, host);
      return { ...remote, ...change(remote) };
    },
  } as Adapter;
  stage = await engineStage({ adapter });
  const actor = stage.actor({ times: QUICK });
  await actor.handOff.start();
  return actor;
}

/** A run of the tool's own, as the sync has read it. */
async function aRunOf(state: RunState): Promise<RowKey & { readonly runId: string }> {
  const runId = stage.sandbox.world.addRun({ jobId: "job_000", state });
  await observe(runId);
  const row = await stage.database.db
    .selectFrom("run")
    .select("id")
    .where("external_id", "=", runId)
    .executeTakeFirstOrThrow();
  return { sourceId: stage.sourceId, id: row.id, runId };
}

/** What the sync would do: read it, and keep what it says. */
async function observe(runId: string): Promise<void> {
  const actor = stage.actor();
  const line = await actor.remotes.of(stage.sourceId);
  const page = await line?.remote.observe([{ jobId: "job_000", runId }], never);
  // The Toy dates its answers to the second.
  if (page)
    await applyRuns(stage.database.db, stage.lease, { ...page, readAt: new Date(page.readAt.getTime() + 1_000) });
}

const stateOf = async (kind: string) =>
  (
    await stage.database.db
      .selectFrom("intent")
      .select("state")
      .where("kind", "=", kind as never)
      .executeTakeFirst()
  )?.state;
const view = (run: RowKey) => runById(stage.database.db, run, { withJob: false, withSource: false });

describe("a cancel", () => {
  it("answers once it is heard, and is done when the run has ended", async () => {
    const { acting } = await given();
    const run = await aRunOf("running");
    expect(await acting.cancel(run, ADA)).toEqual(run);
    expect(await stateOf("cancel")).toBe("heard");
    await observe(run.runId);
    await eventually(async () => (await stateOf("cancel")) === "confirmed");
    expect(await view(run)).toMatchObject({ state: "cancelled" });
  });

  it("asked for twice at once is one", async () => {
    const { acting } = await given();
    const run = await aRunOf("running");
    await Promise.all([acting.cancel(run, ADA), acting.cancel(run, ADA)]);
    expect(stage.sandbox.world.requests.filter((line) => line.endsWith("/stop"))).toHaveLength(1);
  });

  it("of a run that goes on is said again, and listed as an orphan until it ends", async () => {
    let cancels = 0;
    const { acting } = await given(() => ({ cancel: async () => void (cancels += 1) }));
    const run = await aRunOf("running");
    await acting.cancel(run, ADA);
    await eventually(async () => (await stateOf("cancel")) === "orphan");
    expect(cancels).toBeGreaterThan(1);
    stage.sandbox.world.setRun("job_000", run.runId, { state: "failed" });
    await observe(run.runId);
    await eventually(async () => (await stateOf("cancel")) === "confirmed");
  });

  it("of a run that has ended is a conflict, or done already", async () => {
    const { acting } = await given();
    await expect(acting.cancel(await aRunOf("succeeded"), ADA)).rejects.toMatchObject({ code: "CONFLICT" });
    const cancelled = await aRunOf("cancelled");
    expect(await acting.cancel(cancelled, ADA)).toEqual(cancelled);
  });
});

describe("a retry", () => {
  it("opens the run again, as a new attempt", async () => {
    const { acting } = await given();
    const run = await aRunOf("failed");
    expect(await acting.retry(run, ADA)).toEqual({ sourceId: run.sourceId, id: run.id });
    await observe(run.runId);
    expect(await view(run)).toMatchObject({ state: "queued", attempt: 2 });
  });

  it("whose answer is lost is known by the state of its run", async () => {
    let retries = 0;
    const { acting } = await given((remote) => ({
      async retry(request, signal) {
        retries += 1;
        await remote.retry?.(request, signal);
        throw new RemoteError("cut", { fault: "unreachable", passing: true });
      },
    }));
    const run = await aRunOf("failed");
    await acting.retry(run, ADA);
    expect(retries).toBe(1);
    const [intent] = await stage.database.db.selectFrom("intent").select(["state", "found_by"]).execute();
    expect(intent).toEqual({ state: "confirmed", found_by: "state" });
  });

  it("of a run under way is a conflict", async () => {
    const { acting } = await given();
    await expect(acting.retry(await aRunOf("running"), ADA)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("a switch", () => {
  it("shows at once", async () => {
    const { acting } = await given();
    await acting.pause(JOB, ADA);
    expect(await jobByReference(stage.database.db, JOB)).toMatchObject({ paused: true });
    await acting.resume(JOB, ADA);
    expect(await jobByReference(stage.database.db, JOB)).toMatchObject({ paused: false });
  });

  it("whose answer is lost is said again", async () => {
    let pauses = 0;
    const { acting } = await given((remote) => ({
      async pause(jobId, signal) {
        pauses += 1;
        await remote.pause?.(jobId, signal);
        if (pauses === 1) throw new RemoteError("cut", { fault: "unreachable", passing: true });
      },
    }));
    await acting.pause(JOB, ADA);
    expect(pauses).toBe(2);
    expect(await stateOf("pause")).toBe("confirmed");
  });
});

describe("a run that somebody waits for", () => {
  it("is watched until it has ended", async () => {
    const { acting } = await given();
    const run = await acting.start(JOB, { key: "k", parameters: null }, ADA);
    const { db } = stage.database;
    const [watched] = await watchedRuns(db, [stage.sourceId]);
    expect(watched).toMatchObject({ sourceId: stage.sourceId, jobId: "job_000" });
    expect(await stopWatching(db)).toBe(0);
    stage.sandbox.world.setRun("job_000", watched?.runId ?? "", { state: "succeeded" });
    await observe(watched?.runId ?? "");
    expect(await view(run)).toMatchObject({ state: "succeeded" });
    expect(await watchedRuns(db, [stage.sourceId])).toEqual([]);
    expect(await stopWatching(db)).toBe(1);
    expect(await stopWatching(db)).toBe(0);
  });
});

describe("a look into a run", () => {
  it("is bounded, redacted, and says why there is nothing", async () => {
    const secret = "toy-canary-5d1f0c9a";
    const { peek } = await given(() => ({
      log: async () => ({ text: `${"x".repeat(100)}\nkey ${secret} ü`, cut: false, missing: null }),
      outputs: async () => ({ rows: 3, note: `by ${secret}` }),
    }));
    const run = { sourceId: stage.sourceId, jobId: "job_000", runId: "r" };
    // The token is known once it was used.
    const line = await stage.actor().remotes.of(stage.sourceId);
    await line?.remote.probe(never);
    const log = await peek.log(run, 40);
    expect(log.cut).toBe(true);
    expect(Buffer.byteLength(log.text)).toBeLessThanOrEqual(40);
    expect(await peek.outputs(run)).toMatchObject({ rows: 3 });
    await expect(peek.parts(run)).rejects.toMatchObject({
      code: "INVALID",
      message: "one shows no parts: Toy offers none",
    });
  });
});
