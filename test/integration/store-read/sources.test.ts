import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createReader, type Reader } from "../../../src/store/read/reader.ts";
import { declareSource } from "../../../src/store/sources.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

let database: FreshDatabase;
let reader: Reader;
let id: number;

beforeAll(async () => {
  database = await freshDatabase();
  reader = createReader(database.db);
  const declaration = { adapter: "airflow", url: "https://a.example", config: {}, handOff: "keyed" as const };
  id = await declareSource(database.db, { ...declaration, name: "airflow-a", labels: { team: "core" } });
  await declareSource(database.db, { ...declaration, name: "airflow-b" });
  await sql`insert into job (source_id, external_id, name, hand_off, observed_at)
    values (${id}, 'j', 'j', 'keyed', '2026-01-01T00:00:00Z')`.execute(database.db);
  await sql`insert into run (source_id, job_id, external_id, state, native_state, state_rule, cause_kind, occurred_at, observed_at)
    select ${id}, id, 'r', 'queued', 'queued', 'q', 'manual', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z' from job`.execute(
    database.db,
  );
});
afterAll(() => database.close());

beforeEach(() => synced({ secondsAgo: 5, paceMs: 10_000, reachable: true }));

async function synced(at: { secondsAgo: number | null; paceMs: number; reachable: boolean | null }): Promise<void> {
  await sql`update source_sync set synced_at = now() - ${at.secondsAgo}::float8 * interval '1 second', pace_ms = ${at.paceMs},
    reachable = ${at.reachable} where source_id = ${id}`.execute(database.db);
}

async function theRun() {
  const [run] = (await reader.listRuns({ first: 1, withJob: true, withSource: true })).items;
  return run;
}

describe("a source", () => {
  it("is listed by name, until it is removed", async () => {
    expect((await reader.allSources()).map(({ name }) => name)).toEqual(["airflow-a", "airflow-b"]);
    await sql`update source set removed_at = now() where name = 'airflow-b'`.execute(database.db);
    expect((await reader.allSources()).map(({ name }) => name)).toEqual(["airflow-a"]);
    expect(await reader.sourceByName("airflow-b")).toBeNull();
  });

  it("tells what was declared and nothing it does not know", async () => {
    await sql`update source_sync set synced_at = null, reachable = null, pace_ms = null where source_id = ${id}`.execute(
      database.db,
    );
    expect(await reader.sourceByName("airflow-a")).toMatchObject({
      id,
      labels: { team: "core" },
      reachable: null,
      lastSyncedAt: null,
      lagMs: null,
      missingRights: [],
      jobs: 0,
      backfill: null,
    });
  });

  it("lags by the database's clock", async () => {
    await synced({ secondsAgo: 90, paceMs: 10_000, reachable: true });
    const [source] = await reader.sourcesByIds([id]);
    expect(source?.lagMs).toBeGreaterThanOrEqual(90_000);
    expect(source?.lagMs).toBeLessThan(120_000);
  });

  it("shows how far its first look back has come", async () => {
    await sql`update source_sync set backfill_from = '2026-01-01T00:00:00Z', backfill_reached = '2026-01-05T00:00:00.123Z',
      backfill_runs = 7 where source_id = ${id}`.execute(database.db);
    expect((await reader.sourceByName("airflow-a"))?.backfill).toEqual({
      from: "2026-01-01T00:00:00.000Z",
      reached: "2026-01-05T00:00:00.123Z",
      doneAt: null,
      runs: 7,
    });
  });
});

describe("what is shown of a source's runs", () => {
  it.each([
    ["fresh within two minutes", { secondsAgo: 110, paceMs: 1_000, reachable: true }, false],
    ["stale after two minutes", { secondsAgo: 130, paceMs: 1_000, reachable: true }, true],
    ["fresh within three slow paces", { secondsAgo: 800, paceMs: 300_000, reachable: true }, false],
    ["stale after three slow paces", { secondsAgo: 920, paceMs: 300_000, reachable: true }, true],
    ["stale when it is out of reach", { secondsAgo: 1, paceMs: 1_000, reachable: false }, true],
    ["stale before the first sync", { secondsAgo: null, paceMs: 1_000, reachable: null }, true],
  ])("is %s", async (_name, at, stale) => {
    await synced(at);
    expect((await theRun())?.stale).toBe(stale);
  });

  it("was observed when its source was last read", async () => {
    const source = await reader.sourceByName("airflow-a");
    const run = await theRun();
    expect(run?.observedAt).toBe(source?.lastSyncedAt);
    expect(run?.job?.observedAt).toBe(source?.lastSyncedAt);
  });

  it("is not observed again while its source is out of reach", async () => {
    await synced({ secondsAgo: 5, paceMs: 10_000, reachable: false });
    expect((await theRun())?.observedAt).toBe("2026-01-01T00:00:00.000Z");
  });

  it("is not observed again once it is gone there", async () => {
    await sql`update run set gone_at_source = '2026-01-02T00:00:00Z'`.execute(database.db);
    expect(await theRun()).toMatchObject({
      observedAt: "2026-01-01T00:00:00.000Z",
      goneAtSource: "2026-01-02T00:00:00.000Z",
    });
  });
});
