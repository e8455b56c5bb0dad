import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleet } from "../../../src/store/read/fleet.ts";
import { fillFleet, PATIENT } from "../../bench/fleet/fill.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase({ deadlines: PATIENT });
  await fillFleet(database.db, { runs: 30_000, jobs: 200, sources: 4 });
});
afterAll(() => database.close());

async function countedByHand(since: string): Promise<unknown[]> {
  const { rows } = await sql`
    select source_id as "sourceId", state, count(*)::int as runs from run
    where state in ('queued', 'running', 'waiting', 'unknown') or coalesce(ended_at, occurred_at) >= ${since}
    group by 1, 2 order by 1, 2`.execute(database.db);
  return rows;
}

describe("the fleet in numbers", () => {
  // Some of these begin in the first half of an hour and some in the second, whenever the test is run.
  for (const lastMs of [
    MINUTE_MS,
    20 * MINUTE_MS,
    HOUR_MS,
    5.5 * HOUR_MS,
    24 * HOUR_MS,
    24.25 * HOUR_MS,
    36.75 * HOUR_MS,
    48 * HOUR_MS,
    100.4 * HOUR_MS,
  ]) {
    it(`adds up to what a scan counts over ${lastMs / MINUTE_MS} minutes`, async () => {
      const { since, counts } = await fleet(database.db, { lastMs });
      expect(counts).toEqual(await countedByHand(since));
      expect(counts.length).toBeGreaterThan(0);
    });
  }

  it("begins at a whole minute and ends now", async () => {
    const { since, until } = await fleet(database.db, { lastMs: HOUR_MS });
    expect(since).toMatch(/:00\.000Z$/);
    expect(Date.parse(until) - Date.parse(since)).toBeGreaterThanOrEqual(HOUR_MS);
    expect(Date.parse(until) - Date.parse(since)).toBeLessThan(HOUR_MS + MINUTE_MS);
  });

  it("begins at a whole hour when it is long, and needs no old minutes", async () => {
    const { since, counts } = await fleet(database.db, { lastMs: 70.5 * HOUR_MS });
    expect(since).toMatch(/:00:00\.000Z$/);
    await sql`delete from run_tally where span = 1 and bucket < now() - interval '3 days'`.execute(database.db);
    expect((await fleet(database.db, { lastMs: 70.5 * HOUR_MS })).counts).toEqual(counts);
    expect((await fleet(database.db, { lastMs: 480 * HOUR_MS })).counts).toEqual(
      await countedByHand((await fleet(database.db, { lastMs: 480 * HOUR_MS })).since),
    );
  });

  it("is counted once for all who wait", async () => {
    const [first, second] = [fleet(database.db, { lastMs: HOUR_MS }), fleet(database.db, { lastMs: HOUR_MS })];
    expect(await first).toBe(await second);
    expect(await fleet(database.db, { lastMs: HOUR_MS })).not.toBe(await first);
  });

  it("brings its sources along when asked", async () => {
    const { sources = [], counts } = await fleet(database.db, { lastMs: HOUR_MS, wanted: { source: ["name"] } });
    expect(sources.map(({ id }) => id)).toEqual([...new Set(counts.map(({ sourceId }) => sourceId))]);
    expect(Object.keys(sources[0] ?? {}).sort()).toEqual(["id", "name"]);
    expect((await fleet(database.db, { lastMs: HOUR_MS })).sources).toBeUndefined();
  });

  it("never reads the runs", async () => {
    await sql`alter table run rename to run_out_of_reach`.execute(database.db);
    await expect(fleet(database.db, { lastMs: HOUR_MS })).resolves.toHaveProperty("counts");
    await sql`alter table run_out_of_reach rename to run`.execute(database.db);
  });
});
