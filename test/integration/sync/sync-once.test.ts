import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createReader } from "../../../src/store/read/reader.ts";
import { knownSource } from "../../../src/store/sources.ts";
import { Fenced, type Lease } from "../../../src/store/sync/lease.ts";
import { readSettings } from "../../../src/sync/settings.ts";
import { syncOnce } from "../../../src/sync/sync-once.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { type FakeRemote, fakeRemote } from "./fake-remote.ts";
import { aGate, aJob, aLease, aRun, after } from "./given.ts";

let database: FreshDatabase;
let lease: Lease;
let remote: FakeRemote;
let sources = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  lease = await aLease(database.db, `source-${++sources}`);
  remote = fakeRemote();
  remote.jobList.push(aJob("load"), aJob("other"));
});

const HOUR_MS = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms);

async function pass(signal = new AbortController().signal, silenceMs = 60_000) {
  const source = await knownSource(database.db, lease.sourceId);
  if (!source) throw new Error("no source");
  const settings = readSettings({ lookBackMs: 48 * HOUR_MS });
  const { db } = database;
  const metrics = createMetrics();
  return syncOnce({
    db,
    lease,
    source,
    remote,
    settings,
    clock: systemClock,
    metrics,
    log: silentLog,
    signal,
    silenceMs,
  });
}

const status = () =>
  database.db.selectFrom("source_sync").selectAll().where("source_id", "=", lease.sourceId).executeTakeFirstOrThrow();
const runs = () =>
  database.db.selectFrom("run").selectAll().where("source_id", "=", lease.sourceId).orderBy("external_id").execute();
const sweepAgain = () =>
  database.db
    .updateTable("source_sync")
    .set({ jobs_swept_at: null, open_swept_at: null })
    .where("source_id", "=", lease.sourceId)
    .execute();

describe("a pass over a source", () => {
  it("mirrors jobs and runs and says so", async () => {
    remote.set(aRun({ startedAt: ago(HOUR_MS) }));
    expect(await pass()).toMatchObject({ error: null, changed: 3 });
    expect(await status()).toMatchObject({
      reachable: true,
      fault: null,
      failures: 0,
      version: "1.0",
      missing_rights: ["can read logs"],
      jobs: 2,
    });
    expect((await status()).synced_at).not.toBeNull();
    expect(await runs()).toMatchObject([{ state: "running" }]);
  });

  it("reads on from the watermark less the overlap", async () => {
    remote.now = () => after(0);
    await pass();
    expect((await status()).watermark).toEqual(after(-2));
    await pass();
    expect(remote.asked.at(-1)).toEqual(after(-2));
  });

  it("keeps the watermark when a page fails", async () => {
    remote.now = () => after(0);
    await pass();
    remote.now = () => after(60);
    const whole = remote.runs.bind(remote);
    remote.runs = async function* (since, signal) {
      yield* whole(since, signal);
      throw new RemoteError("cut", { fault: "unreachable", passing: true });
    };
    expect((await pass()).error?.message).toBe("cut");
    expect(await status()).toMatchObject({ watermark: after(-2), reachable: false, fault: "unreachable", failures: 1 });
  });

  it("looks back newest first and remembers how far", async () => {
    remote.set({
      ...aRun({ runId: "old", state: "succeeded", startedAt: ago(40 * HOUR_MS), endedAt: ago(39 * HOUR_MS) }),
    });
    remote.runList.forEach((held) => void (held.changedAt = ago(39 * HOUR_MS)));
    await pass();
    expect(remote.slices).toHaveLength(4);
    expect(remote.slices.map((slice) => slice.from.getTime())).toEqual(
      remote.slices.map((slice) => slice.from.getTime()).sort((a, b) => b - a),
    );
    expect(await status()).toMatchObject({ backfill_runs: 1, backfill_done_at: expect.any(Date) });
    await pass();
    expect(remote.slices).toHaveLength(4);
  });

  it("goes on looking back where it broke off", async () => {
    const whole = remote.history.bind(remote);
    let slices = 0;
    remote.history = (window, signal) => {
      if (++slices === 3) throw new RemoteError("down", { fault: "unreachable", passing: true });
      return whole(window, signal);
    };
    await pass();
    const { backfill_reached, backfill_done_at } = await status();
    expect(backfill_done_at).toBeNull();
    await pass();
    expect(remote.slices[2]?.to).toEqual(backfill_reached);
    expect((await status()).backfill_done_at).not.toBeNull();
  });

  it("finds the end of runs that nobody told us of", async () => {
    const run = aRun({ startedAt: ago(HOUR_MS) });
    remote.set(run);
    await pass();
    remote.set({ ...run, state: "succeeded", endedAt: ago(1_000) });
    remote.runs = async function* () {};
    await sweepAgain();
    await pass();
    expect(await runs()).toMatchObject([{ state: "succeeded" }]);
  });

  it("marks open runs that vanished", async () => {
    const run = aRun({ startedAt: ago(HOUR_MS) });
    remote.set(run);
    await pass();
    remote.remove(run);
    await sweepAgain();
    await pass();
    expect(await runs()).toMatchObject([
      { state: "unknown", native_state: "running", gone_at_source: expect.any(Date) },
    ]);
  });

  it("calls a run that was renamed not gone", async () => {
    const item = aRun({ runId: "queue/5", state: "queued", startedAt: null });
    const build = { ...item, runId: "12", formerly: "queue/5" };
    remote.set(item);
    await pass();
    remote.remove(item);
    // The only one who tells of it is `observe`, asked by the name that we know.
    remote.observe = async (refs) => ({
      items: refs.some(({ runId }) => runId === "queue/5") ? [build] : [],
      readAt: new Date(),
      rejected: [],
    });
    await sweepAgain();
    await pass();
    expect(await runs()).toMatchObject([{ external_id: "12", state: "queued", gone_at_source: null }]);
  });

  it("marks no run on a refused list", async () => {
    const run = aRun({ startedAt: ago(HOUR_MS) });
    remote.set(run);
    await pass();
    remote.remove(run);
    const refused = () => {
      throw new RemoteError("no right", { fault: "refused", passing: false });
    };
    for (const broken of [{ open: refused }, { observe: refused }]) {
      Object.assign(remote, fakeRemote(), { runList: remote.runList, jobList: remote.jobList, ...broken });
      await sweepAgain();
      expect((await pass()).error?.message).toBe("no right");
      expect(await status()).toMatchObject({ reachable: true, fault: "refused" });
    }
    expect(await runs()).toMatchObject([{ state: "running", gone_at_source: null }]);
  });

  it("calls no job gone on a list that was cut", async () => {
    await pass();
    remote.jobs = async function* () {
      yield { items: [aJob("load")], readAt: new Date(), rejected: [] };
      throw new RemoteError("cut", { fault: "malformed", passing: true });
    };
    for (let time = 0; time < 4; time += 1) {
      await sweepAgain();
      await pass();
    }
    const missed = await database.db
      .selectFrom("job")
      .select("missed_lists")
      .where("source_id", "=", lease.sourceId)
      .execute();
    expect(missed.map((job) => job.missed_lists)).toEqual([0, 0]);
  });

  it("reads the rest when one part is refused", async () => {
    remote.jobs = () => {
      throw new RemoteError("no right to list", { fault: "refused", passing: false });
    };
    remote.set(aRun({ startedAt: ago(HOUR_MS) }));
    expect((await pass()).error?.message).toBe("no right to list");
    expect(await runs()).toHaveLength(1);
  });

  it("keeps what gates and links there are, at their own pace", async () => {
    remote.set(aRun({ startedAt: ago(HOUR_MS) }));
    let asked = 0;
    remote.gates = async function* () {
      asked += 1;
      yield { items: [aGate()], readAt: new Date(), rejected: [] };
    };
    remote.links = async function* () {
      yield { items: [{ kind: "job", upstream: "load", downstream: "other" }], readAt: new Date(), rejected: [] };
    };
    expect((await pass()).error).toBeNull();
    await pass();
    expect(asked).toBe(1);
    const kept = await Promise.all(
      (["foreign_gate", "job_link"] as const).map((table) =>
        database.db.selectFrom(table).select("job").where("source_id", "=", lease.sourceId).execute(),
      ),
    );
    expect(kept).toEqual([[{ job: "load" }], [{ job: "other" }]]);
  });

  it("is whole although its gates are refused", async () => {
    remote.gates = () => {
      throw new RemoteError("no right to see inputs", { fault: "refused", passing: false });
    };
    remote.links = () => {
      throw new TypeError("x is not a function");
    };
    expect((await pass()).error).toBeNull();
    expect(await status()).toMatchObject({
      failures: 0,
      synced_at: expect.any(Date),
      gates_error: "no right to see inputs",
      links_error: "x is not a function",
    });
    const shown = await createReader(database.db).sourcesByIds([lease.sourceId]);
    expect(shown[0]?.troubles).toEqual(["gates: no right to see inputs", "links: x is not a function"]);
    remote.gates = async function* () {
      yield { items: [], readAt: new Date(), rejected: [] };
    };
    await database.db
      .updateTable("source_sync")
      .set({ gates_asked_at: null })
      .where("source_id", "=", lease.sourceId)
      .execute();
    await pass();
    expect(await status()).toMatchObject({ gates_error: null });
  });

  it("ends no gate on a list that was cut", async () => {
    remote.gates = async function* () {
      yield { items: [aGate()], readAt: new Date(), rejected: [] };
    };
    await pass();
    remote.gates = async function* () {
      yield { items: [], readAt: new Date(), rejected: [] };
      throw new RemoteError("cut", { fault: "malformed", passing: true });
    };
    await database.db
      .updateTable("source_sync")
      .set({ gates_asked_at: null })
      .where("source_id", "=", lease.sourceId)
      .execute();
    await pass();
    const [gate] = await database.db
      .selectFrom("foreign_gate")
      .selectAll()
      .where("source_id", "=", lease.sourceId)
      .execute();
    expect(gate).toMatchObject({ ended_at: null });
  });

  it("shows an adapter's own mistake as ours", async () => {
    remote.runs = () => {
      throw new TypeError("x is not a function");
    };
    await pass();
    expect(await status()).toMatchObject({ fault: "ours", error: "x is not a function" });
  });

  it("takes silence for an outage", async () => {
    remote.runs = () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) });
    expect((await pass(undefined, 50)).error).toMatchObject({ fault: "unreachable" });
  });

  it("takes an abort for no outage", async () => {
    const stop = new AbortController();
    remote.runs = () => {
      stop.abort();
      return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) };
    };
    await expect(pass(stop.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(await status()).toMatchObject({ fault: null, attempted_at: null, reachable: null });
  });

  it("says nothing once it has been replaced", async () => {
    await database.db
      .updateTable("source_sync")
      .set({ owner: "them", epoch: lease.epoch + 1 })
      .where("source_id", "=", lease.sourceId)
      .execute();
    await expect(pass()).rejects.toBeInstanceOf(Fenced);
    expect(await status()).toMatchObject({ owner: "them", attempted_at: null });
  });
});
