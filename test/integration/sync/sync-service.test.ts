import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Remote } from "../../../src/adapter/contract.ts";
import { InputError } from "../../../src/lib/input-error.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { declareSource, removeSource } from "../../../src/store/sources.ts";
import { createSync, type SyncService } from "../../../src/sync/sync-service.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { asServer, type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { type FakeRemote, fakeRemote } from "./fake-remote.ts";
import { aJob, aRun, aSource } from "./given.ts";

let database: FreshDatabase;
let sync: SyncService | null = null;
let metrics = createMetrics();

beforeEach(async () => {
  database = await freshDatabase();
  metrics = createMetrics();
});
afterEach(async () => {
  await sync?.stop();
  await database.close();
});

async function start(remotes: Readonly<Record<string, Remote>>): Promise<SyncService> {
  for (const name of Object.keys(remotes)) await aSource(database.db, name, { everyMs: 200 });
  sync = createSync({
    store: database.store,
    adapters: { connect: (_, config, { source }) => remotes[source] ?? unknownKind(config) },
    secrets: { read: async () => "" },
    clock: systemClock,
    log: silentLog,
    metrics,
    owner: "us",
  });
  await sync.start();
  return sync;
}

function unknownKind(config: unknown): never {
  throw new InputError("adapter", `no adapter for ${JSON.stringify(config)}`);
}

async function statusOf(name: string) {
  return database.db
    .selectFrom("source_sync")
    .innerJoin("source", "source.id", "source_id")
    .selectAll("source_sync")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
}

const never = () => new Promise<never>(() => undefined);
const hanging: Remote = {
  probe: never,
  jobs: () => ({ [Symbol.asyncIterator]: () => ({ next: never, return: never }) }),
  runs: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
  history: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
  open: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
  observe: never,
};
const explode = () => {
  throw new TypeError("undefined is not iterable");
};
const exploding: Remote = {
  probe: explode,
  jobs: explode,
  runs: explode,
  history: explode,
  open: explode,
  observe: explode,
};

/** Lists runs without end. */
function hungry(): Remote {
  return fakeRemote({
    async *runs() {
      for (let at = 0; ; at += 1) {
        const items = Array.from({ length: 500 }, (_, n) =>
          aRun({ runId: `${at}-${n}`, parameters: { blob: "x".repeat(2_000) } }),
        );
        yield { items, readAt: new Date(), rejected: [] };
      }
    },
  });
}

describe("a source that misbehaves", () => {
  it("delays nobody: one hangs, one explodes, one floods, twenty go on", { timeout: 120_000 }, async () => {
    const healthy: Record<string, FakeRemote> = {};
    for (let at = 0; at < 20; at += 1) healthy[`healthy-${at}`] = fakeRemote();
    for (const remote of Object.values(healthy)) remote.jobList.push(aJob("load"));
    const heapBefore = process.memoryUsage().heapUsed;
    await start({ hanging, exploding, hungry: hungry(), ...healthy });
    const passes = () => Math.min(...Object.values(healthy).map((remote) => remote.calls["runs"] ?? 0));
    await eventually(() => passes() >= 3, 60_000);
    for (const remote of Object.values(healthy)) remote.set(aRun({ runId: "news" }));
    const began = performance.now();
    await eventually(async () => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from run where external_id = 'news'`.execute(
        database.db,
      );
      return rows[0]?.n === 20;
    }, 20_000);
    console.log(`20 sources told their news within ${Math.round(performance.now() - began)} ms`);
    for (const name of Object.keys(healthy))
      expect(await statusOf(name)).toMatchObject({ reachable: true, fault: null, failures: 0 });
    expect(await statusOf("exploding")).toMatchObject({ fault: "ours", error: "undefined is not iterable" });
    expect(await statusOf("hanging")).toMatchObject({ synced_at: null });
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(150_000_000);
    const stopping = performance.now();
    await sync?.stop();
    expect(performance.now() - stopping).toBeLessThan(5_000);
    expect(await statusOf("hanging")).toMatchObject({ owner: null, fault: null });
  });

  it("shows a config that does not fit as ours", async () => {
    await start({ good: fakeRemote() });
    await declareSource(database.db, { name: "bad", adapter: "airflwo", url: "", config: {}, handOff: "keyed" });
    await eventually(async () => (await statusOf("bad")).fault === "ours");
    expect(await statusOf("bad")).toMatchObject({ reachable: null, error: expect.stringContaining("no adapter") });
    await eventually(async () => (await statusOf("good")).synced_at);
  });
});

describe("the sync service", () => {
  it("follows what is declared, changed and removed", async () => {
    const remote = fakeRemote();
    const service = await start({ one: remote });
    await eventually(() => remote.calls["runs"]);
    await removeSource(database.db, "one");
    await eventually(async () => (await statusOf("one")).owner === null);
    expect(service.held).toBe(0);
    await aSource(database.db, "one", { everyMs: 200 });
    const before = remote.calls["runs"] ?? 0;
    await eventually(() => (remote.calls["runs"] ?? 0) > before);
    const { epoch } = await statusOf("one");
    await aSource(database.db, "one", { everyMs: 60_000 });
    await eventually(async () => ((await statusOf("one")).pace_ms ?? 0) >= 45_000);
    // Read anew under the same lease.
    expect((await statusOf("one")).epoch).toBe(epoch);
  });

  it("reads at once when woken", async () => {
    const remote = fakeRemote();
    const service = await start({ one: remote });
    await eventually(async () => (await statusOf("one")).synced_at);
    await aSource(database.db, "one", { everyMs: 60_000 });
    await eventually(async () => ((await statusOf("one")).pace_ms ?? 0) >= 45_000);
    const before = remote.calls["runs"] ?? 0;
    service.wake("one");
    await eventually(() => (remote.calls["runs"] ?? 0) > before, 2_000);
  });

  it("goes on after every connection was cut", async () => {
    const remote = fakeRemote();
    await start({ one: remote });
    await eventually(() => remote.calls["runs"]);
    const name = new URL(database.url).pathname.slice(1);
    for (let time = 0; time < 3; time += 1) {
      await asServer("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    }
    remote.set(aRun({ runId: "later" }));
    await eventually(async () => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from run`
        .execute(database.db)
        .catch(() => ({ rows: [] }));
      return rows[0]?.n === 1;
    }, 30_000);
  });

  it("is alive from its first tick to its stop", async () => {
    const service = await start({ quiet: fakeRemote() });
    await eventually(() => service.alive);
    await service.stop();
    expect(service.alive).toBe(false);
  });

  it("stops twice, and before it has started", async () => {
    const service = await start({ one: fakeRemote() });
    await Promise.all([service.stop(), service.stop()]);
    await service.stop();
    expect((await statusOf("one")).owner).toBeNull();
  });

  it("shows every counter from the first", async () => {
    await start({ one: fakeRemote() });
    await eventually(async () =>
      /tutti_source_up\{source="one",kind="fake"\} 1/.test(await metrics.registry.metrics()),
    );
    const text = await metrics.registry.metrics();
    expect(text).toContain('tutti_source_sync_errors_total{source="one",reason="busy"} 0');
    expect(text).toContain('tutti_runs_finished_total{source="one",outcome="failed"} 0');
    expect(text).toContain('tutti_source_fenced_writes_total{source="one"} 0');
  });
});
