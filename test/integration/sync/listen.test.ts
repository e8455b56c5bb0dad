import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { createSync, type SyncService } from "../../../src/sync/sync-service.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { type FakeRemote, fakeRemote } from "./fake-remote.ts";
import { aJob, aRun, aSource } from "./given.ts";

let database: FreshDatabase;
let sync: SyncService | null = null;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  await sync?.stop();
  await database.close();
});

/** A watch whose events are what the test says, and whose passes are an hour apart. */
async function listening() {
  let tell: (run: ForeignRunRef) => void = () => {};
  let listens = false;
  const remote: FakeRemote = fakeRemote({
    async *watch(signal) {
      const waiting: ForeignRunRef[] = [];
      let wake = () => {};
      tell = (run) => {
        waiting.push(run);
        wake();
      };
      signal.addEventListener("abort", () => wake());
      listens = true;
      while (!signal.aborted) {
        yield* waiting.splice(0);
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (waiting.length > 0 || signal.aborted) resolve();
        });
      }
    },
  });
  remote.jobList.push(aJob("load"));
  await aSource(database.db, "one", { everyMs: 3_600_000, lookBackMs: 0 });
  sync = createSync({
    store: database.store,
    adapters: { connect: () => remote },
    secrets: { read: async () => "" },
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    owner: "us",
  });
  await sync.start();
  await eventually(() => listens);
  return { remote, tell: (run: ForeignRunRef) => tell(run) };
}

const statesOf = async () => (await database.db.selectFrom("run").select("state").execute()).map(({ state }) => state);

describe("what a source tells of", () => {
  it("is read by name, long before the next pass", async () => {
    const { remote, tell } = await listening();
    const passes = remote.calls["runs"];
    remote.set(aRun({ state: "running" }));
    tell(aRun());
    await eventually(async () => (await statesOf())[0] === "running");
    remote.set(aRun({ state: "succeeded", endedAt: new Date() }));
    tell(aRun());
    await eventually(async () => (await statesOf())[0] === "succeeded");
    expect(remote.calls["runs"]).toBe(passes);
  });

  it("in a flood is left to one pass", async () => {
    const { remote, tell } = await listening();
    const [passes = 0, asked = 0] = [remote.calls["runs"], remote.calls["observe"]];
    for (let at = 0; at < 300; at += 1) {
      const run = aRun({ runId: `run-${at}`, state: "running" });
      remote.set(run);
      tell(run);
    }
    await eventually(async () => (await statesOf()).length === 300);
    expect(remote.calls["runs"]).toBe(passes + 1);
    expect(remote.calls["observe"] ?? 0).toBe(asked);
  });
});
