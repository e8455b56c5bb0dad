import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Remote } from "../../../src/adapter/contract.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { createSync, type SyncService } from "../../../src/sync/sync-service.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { type FakeRemote, fakeRemote } from "./fake-remote.ts";
import { aRun, aSource } from "./given.ts";

let database: FreshDatabase;
let sync: SyncService;
let metrics = createMetrics();

beforeEach(async () => {
  database = await freshDatabase();
  metrics = createMetrics();
});
afterEach(async () => {
  await sync.stop();
  await database.close();
});

/** Starts the sync over this remote, and answers once it rests. */
async function rested(remote: FakeRemote, everyMs: number): Promise<void> {
  await aSource(database.db, "one", { everyMs });
  sync = createSync({
    store: database.store,
    adapters: { connect: () => remote },
    secrets: { read: async () => "" },
    clock: systemClock,
    log: silentLog,
    metrics,
    owner: "us",
  });
  await sync.start();
  await eventually(async () => {
    const { rows } = await database.db
      .selectFrom("source_sync")
      .select(["synced_at", "backfill_done_at"])
      .execute()
      .then((rows) => ({ rows }));
    return rows[0]?.synced_at && rows[0].backfill_done_at;
  });
}

const states = async () =>
  (await database.db.selectFrom("run").select(["external_id", "state"]).orderBy("external_id").execute()).map(
    (run) => `${run.external_id} ${run.state}`,
  );

/** A line on which a test speaks. */
function line() {
  const said: ForeignRunRef[] = [];
  let heard: (() => void) | null = null;
  const watch: NonNullable<Remote["watch"]> = async function* () {
    for (;;) {
      const next = said.shift();
      if (next) yield next;
      else await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  return {
    watch,
    say: (...runs: readonly ForeignRunRef[]) => {
      said.push(...runs);
      heard?.();
    },
  };
}

const AN_HOUR_MS = 3_600_000;

describe("a remote that tells of changes as they happen", () => {
  it("is heard long before the next pass is due", async () => {
    const { watch, say } = line();
    const remote = fakeRemote({ watch });
    await rested(remote, AN_HOUR_MS);
    const passes = remote.calls["runs"];
    const run = aRun({ runId: "new" });
    remote.set(run);
    const began = performance.now();
    say(run);
    await eventually(async () => (await states()).includes("new running"));
    console.log(`from the hint to the row: ${Math.round(performance.now() - began)} ms`);
    remote.set({ ...run, state: "succeeded" });
    say(run);
    await eventually(async () => (await states()).includes("new succeeded"));
    expect(remote.calls["runs"]).toBe(passes);
    expect(await metrics.registry.metrics()).toContain('tutti_source_hints_total{source="one"} 2');
  });

  it("is asked for many changes in few questions", async () => {
    const { watch, say } = line();
    const remote = fakeRemote({ watch });
    await rested(remote, AN_HOUR_MS);
    const runs = Array.from({ length: 250 }, (_, at) => aRun({ runId: `run-${at}` }));
    for (const run of runs) remote.set(run);
    say(...runs, ...runs, ...runs, ...runs);
    await eventually(async () => (await states()).length === 250);
    expect(remote.calls["observe"]).toBeLessThanOrEqual(6);
  });

  it("is listed instead when it floods", async () => {
    const { watch, say } = line();
    const remote = fakeRemote({ watch });
    await rested(remote, AN_HOUR_MS);
    const passes = remote.calls["runs"] ?? 0;
    for (let at = 0; at < 2_000; at += 1) remote.set(aRun({ runId: `run-${at}` }));
    say(...[...remote.runList.values()].map(({ run }) => run));
    await eventually(async () => (await states()).length === 2_000);
    expect(remote.calls["runs"]).toBe(passes + 1);
  });

  it("is listened to again after a break", async () => {
    const { watch, say } = line();
    let broken = false;
    const remote = fakeRemote({
      async *watch(signal) {
        if (!broken) {
          broken = true;
          throw new RemoteError("cut", { fault: "unreachable", passing: true });
        }
        yield* watch(signal);
      },
    });
    await rested(remote, AN_HOUR_MS);
    const run = aRun({ runId: "after" });
    remote.set(run);
    say(run);
    await eventually(async () => (await states()).includes("after running"));
  });

  it("is polled all the same when it says nothing", async () => {
    const remote = fakeRemote({ watch: line().watch });
    await rested(remote, 200);
    remote.set(aRun({ runId: "unsaid" }));
    await eventually(async () => (await states()).includes("unsaid running"));
  });
});
