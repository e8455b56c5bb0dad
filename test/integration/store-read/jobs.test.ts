import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobFilter, JobOrder, JobView, Keyset } from "../../../src/model/view.ts";
import { jobKeyset } from "../../../src/store/read/jobs.ts";
import { createReader, type Reader } from "../../../src/store/read/reader.ts";
import { fillFleet, PATIENT } from "../../bench/fleet/fill.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { NEWEST } from "./filters.ts";

let database: FreshDatabase;
let reader: Reader;

beforeAll(async () => {
  database = await freshDatabase({ deadlines: PATIENT });
  await fillFleet(database.db, { runs: 500, jobs: 600, sources: 5, newest: NEWEST });
  await sql`update job set paused = true where id % 10 = 3`.execute(database.db);
  await sql`update job set gone_at = now() where id % 50 = 7`.execute(database.db);
  await sql`update job set next_at = null where id % 4 = 1`.execute(database.db);
  // Two of one name, so that a page has to go on by id.
  await sql`update job set name = 'twin' where id in (20, 21, 22)`.execute(database.db);
  reader = createReader(database.db);
});
afterAll(() => database.close());

const FILTERS: Record<string, { filter: JobFilter; means: string }> = {
  "all that are there": { filter: {}, means: "j.gone_at is null" },
  "those that are gone": { filter: { gone: true }, means: "j.gone_at is not null" },
  "a source's": {
    filter: { source: ["airflow-2", "quiet"] },
    means: "j.gone_at is null and s.name in ('airflow-2', 'quiet')",
  },
  "an unknown source's": { filter: { source: ["nowhere"] }, means: "false" },
  "by label": { filter: { label: ["team=t2"] }, means: "j.gone_at is null and s.labels ->> 'team' = 't2'" },
  "by tag": { filter: { tag: ["t1", "t3"] }, means: "j.gone_at is null and j.tags && '{t1,t3}'" },
  "by owner": { filter: { owner: ["team-3"] }, means: "j.gone_at is null and j.owner = 'team-3'" },
  "the paused": { filter: { paused: true }, means: "j.gone_at is null and j.paused" },
  "the running": { filter: { paused: false }, means: "j.gone_at is null and not j.paused" },
  "by part of the name": { filter: { text: "LEDGER" }, means: "j.gone_at is null and j.name like '%ledger%'" },
  "by a wildcard that means itself": { filter: { text: "l_dg%r" }, means: "false" },
  "by all of it": {
    filter: { source: ["airflow-1"], tag: ["nightly"], paused: false, text: "er_1" },
    means:
      "j.gone_at is null and s.name = 'airflow-1' and not j.paused and 'nightly' = any(j.tags) and position('er_1' in j.search) > 0",
  },
};

const ORDERS: Record<JobOrder, string> = {
  "name-asc": "j.name, j.id",
  "name-desc": "j.name desc, j.id desc",
  "next-asc": "j.next_at, j.id",
};

describe("a list of jobs", () => {
  for (const [order, by] of Object.entries(ORDERS) as [JobOrder, string][]) {
    it.each(Object.keys(FILTERS))(`holds %s, ${order}, page after page`, async (name) => {
      const { filter, means } = FILTERS[name] ?? { filter: {}, means: "false" };
      const timed = order === "next-asc" ? "and j.next_at is not null" : "";
      const { rows } = await sql<{ id: number }>`
        select j.id from job j join source s on s.id = j.source_id where ${sql.raw(`${means} ${timed} order by ${by}`)}`.execute(
        database.db,
      );
      expect(await allOf(filter, order)).toEqual(rows.map((row) => row.id));
    });
  }
});

async function allOf(filter: JobFilter, order: JobOrder): Promise<number[]> {
  const seen: JobView[] = [];
  for (let after: { after?: Keyset } = {}, more = true; more; ) {
    const page = await reader.listJobs({ filter, order, first: 37, withSource: false, ...after });
    seen.push(...page.items);
    const last = page.items.at(-1);
    after = last ? { after: jobKeyset(last, order) } : {};
    more = page.hasMore;
  }
  return seen.map((job) => job.id);
}

describe("a job", () => {
  it("is found by reference, with its source", async () => {
    const reference = { source: "airflow-1", jobId: "build_ledger_5" };
    expect(await reader.jobByReference(reference, { withSource: true })).toMatchObject({
      externalId: "build_ledger_5",
      name: "build ledger 5",
      path: ["ledger"],
      tags: ["nightly", "t0"],
      schedule: { expression: "0 2 * * *", timezone: "UTC", nextAt: null },
      source: { name: "airflow-1" },
    });
    expect(
      await reader.jobByReference({ source: "airflow-2", jobId: "build_ledger_5" }, { withSource: true }),
    ).toBeNull();
  });

  it("is found by key, once and only if there", async () => {
    const [some] = (await reader.listJobs({ first: 1, withSource: false })).items;
    const key = { sourceId: some?.sourceId ?? 0, id: some?.id ?? 0 };
    const found = await reader.jobsByIds([key, key, { sourceId: 999, id: key.id }]);
    expect(found).toEqual([some]);
  });
});
