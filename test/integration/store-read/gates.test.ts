import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GateFilter, GateView, Keyset } from "../../../src/model/view.ts";
import { createReader, type Reader } from "../../../src/store/read/reader.ts";
import { fillFleet, PATIENT } from "../../bench/fleet/fill.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { NEWEST } from "./filters.ts";

let database: FreshDatabase;
let reader: Reader;

beforeAll(async () => {
  database = await freshDatabase({ deadlines: PATIENT });
  await fillFleet(database.db, { runs: 300, jobs: 60, sources: 3, newest: NEWEST });
  // Three of a moment, so that a page has to go on by id; one whose run nobody has told us of.
  await sql`
    insert into foreign_gate (source_id, job, run, external_id, title, asked, opened_at, observed_at, ended_at)
    select r.source_id, j.external_id, case when r.id % 50 = 7 then 'nobody knows' else r.external_id end, 'g' || n, 'Go on?',
      case r.id % 3 when 0 then '{ops,ada}'::text[] when 1 then '{ada}' else '{}' end,
      timestamptz '2026-03-01' + (r.id / 3) * interval '1 minute 7.123456 seconds', now(),
      case when n = 2 then now() end
    from run r join job j on j.source_id = r.source_id and j.id = r.job_id, generate_series(1, 2) n
    where r.id % 2 = 1`.execute(database.db);
  await sql`update source set removed_at = now() where id = 3`.execute(database.db);
  reader = createReader(database.db);
});
afterAll(() => database.close());

async function walk(filter: GateFilter, first = 17): Promise<GateView[]> {
  const found: GateView[] = [];
  for (let after: Keyset | undefined; ; ) {
    const { items, hasMore } = await reader.listGates({ filter, first, ...(after && { after }) });
    found.push(...items);
    const last = items.at(-1);
    if (!hasMore || !last) return found;
    after = { at: last.openedAt, id: last.id };
  }
}

const FILTERS: Record<string, { filter: GateFilter; means: string }> = {
  "those that wait": { filter: {}, means: "g.ended_at is null and s.removed_at is null" },
  "those that have ended": { filter: { waiting: false }, means: "g.ended_at is not null" },
  "a source's": { filter: { source: ["airflow-2"] }, means: "g.ended_at is null and s.name = 'airflow-2'" },
  "by label": {
    filter: { label: ["team=t1"] },
    means: "g.ended_at is null and s.removed_at is null and s.labels ->> 'team' = 't1'",
  },
  "by whom they ask": {
    filter: { asked: ["ops", "nobody"] },
    means: "g.ended_at is null and s.removed_at is null and 'ops' = any(g.asked)",
  },
  "an unknown job's": { filter: { job: ["airflow-1/nowhere"] }, means: "false" },
};

describe("a list of gates", () => {
  it.each(Object.keys(FILTERS))("holds %s, page after page", async (name) => {
    const { filter, means } = FILTERS[name] ?? { filter: {}, means: "false" };
    const { rows } = await sql<{ id: number }>`
      select g.id from foreign_gate g join source s on s.id = g.source_id where ${sql.raw(means)}
      order by g.opened_at desc, g.id desc`.execute(database.db);
    expect(rows.length > 0).toBe(means !== "false");
    expect((await walk(filter)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it("holds those of one job", async () => {
    const [gate] = await walk({});
    const source = await reader.sourcesByIds([gate?.sourceId ?? 0]);
    const found = await walk({ job: [`${source[0]?.name}/${gate?.job}`] });
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ job, sourceId }) => job === gate?.job && sourceId === gate.sourceId)).toBe(true);
  });

  it("names job and run, and no run where there is none", async () => {
    const all = await walk({});
    expect(all.every(({ jobId }) => jobId !== null)).toBe(true);
    const unknown = all.filter(({ run }) => run === "nobody knows");
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.every(({ runId }) => runId === null)).toBe(true);
    expect(all.filter(({ run }) => run !== "nobody knows").every(({ runId }) => runId !== null)).toBe(true);
  });
});

describe("gates", () => {
  it("are found by their runs, ended ones too", async () => {
    const keys = [1, 2, 3, 4].flatMap((sourceId) => [1, 2, 3, 4, 5].map((id) => ({ sourceId, id })));
    const found = await reader.gatesOf([...keys, ...keys]);
    const { rows } = await sql<{ id: number }>`
      select g.id from foreign_gate g join job j on j.source_id = g.source_id and j.external_id = g.job
      join run r on r.source_id = g.source_id and r.job_id = j.id and r.external_id = g.run
      where r.id between 1 and 5`.execute(database.db);
    expect(rows.length).toBeGreaterThan(4);
    expect(found.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      rows.map(({ id }) => id).toSorted((a, b) => a - b),
    );
  });

  it("are found by their ids", async () => {
    const [gate] = await walk({});
    expect(await reader.gatesByIds([gate as GateView, { sourceId: 2, id: 99_999 }])).toEqual([gate]);
  });

  it("are counted while they wait, in sources that are read", async () => {
    expect(await reader.countWaitingGates()).toBe((await walk({})).length);
  });
});
