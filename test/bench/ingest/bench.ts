/** `ingest`: pages of runs, half new and half changed, into a million; and the same pages again, unchanged. */
import { sql } from "kysely";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import type { Db } from "../../../src/store/db.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import { claimSources } from "../../../src/store/sync/lease.ts";
import { fillFleet } from "../fleet/fill.ts";
import { type Line, median } from "../line.ts";
import { startBenchDatabase } from "../postgres.ts";
import type { BenchOptions } from "../run.ts";
import { openFloor } from "./floor.ts";
import { sightings } from "./sightings.ts";

const RUNS = 1_000_000;
const PAGE = 5_000;
const PAGES_A_ROUND = 4;

export async function* benchIngest({ runs = RUNS, rounds }: BenchOptions): AsyncIterable<Line> {
  const database = await startBenchDatabase();
  const { db } = database.store;
  const floor = await openFloor(database.url);
  try {
    await fillFleet(db, { runs, jobs: 5_000, sources: 1 });
    const leases = await claimSources(db, "bench", 10);
    const lease = leases.find(({ sourceId }) => sourceId === 1);
    if (!lease) throw new Error("the source could not be claimed");
    const apply = async (items: readonly ForeignRun[]) => {
      const { quarantined, outdated } = await applyRuns(db, lease, { items, readAt: new Date() });
      if (quarantined + outdated > 0) throw new Error(`${quarantined} runs were quarantined, ${outdated} outdated`);
    };

    const rates: Record<"ours" | "floor" | "again", number[]> = { ours: [], floor: [], again: [] };
    const seen: ForeignRun[][] = [];
    let nth = 0;
    const pages = async () => {
      const some: ForeignRun[][] = [];
      for (let page = 0; page < PAGES_A_ROUND; page += 1)
        some.push(await sightings(db, 1, { nth: nth++, size: PAGE, known: runs }));
      return some;
    };
    for (let round = 0; round <= rounds; round += 1) {
      const some = await pages();
      const ours = await rate(some, apply);
      const theirs = await rate(await pages(), (page) => floor.merge(1, page));
      if (round === 0) continue;
      rates.ours.push(ours);
      rates.floor.push(theirs);
      seen.push(...some);
    }
    const before = await written(db);
    for (let at = 0; at < seen.length; at += PAGES_A_ROUND)
      rates.again.push(await rate(seen.slice(at, at + PAGES_A_ROUND), apply));
    const after = await written(db);

    const [ours, least, again] = [median(rates.ours), median(rates.floor), median(rates.again)];
    yield {
      name: "ingest: half new, half changed",
      unit: "rows/s",
      ours,
      floor: least,
      ratio_to_floor: ours / least,
      target: "within 1.5× of COPY + merge",
      reached: ours * 1.5 >= least,
    };
    const versions = after.versions - before.versions;
    yield {
      name: "ingest: unchanged",
      unit: "rows/s",
      ours: again,
      floor: ours,
      ratio_to_floor: again / ours,
      target: "2× the rate of changes, and no new row version",
      reached: again >= 2 * ours && versions === 0,
      notes: { new_row_versions: versions, transactions_that_wrote: after.transactions - before.transactions },
    };
  } finally {
    await floor.close();
    await database.close();
  }
}

async function rate(
  pages: readonly ForeignRun[][],
  work: (page: readonly ForeignRun[]) => Promise<void>,
): Promise<number> {
  const began = performance.now();
  for (const page of pages) await work(page);
  return (pages.length * PAGE * 1_000) / (performance.now() - began);
}

/** Row versions ever made in this database, and the number of the next transaction that writes. */
async function written(db: Db): Promise<{ versions: number; transactions: number }> {
  return db.connection().execute(async (connection) => {
    // Each connection tells its counts when it is idle for a while; this asks for those of the one that is asking.
    await sql`select pg_stat_force_next_flush()`.execute(connection);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const { rows } = await sql<{ versions: number; transactions: number }>`
      select (select sum(n_tup_ins + n_tup_upd)::bigint from pg_stat_user_tables) as versions,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint as transactions`.execute(connection);
    return rows[0] ?? { versions: 0, transactions: 0 };
  });
}
