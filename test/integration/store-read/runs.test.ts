import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunOrder, RunView } from "../../../src/model/view.ts";
import { createReader } from "../../../src/store/read/reader.ts";
import { fillFleet, PATIENT } from "../../bench/fleet/fill.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { CASES, NEWEST } from "./filters.ts";

const ALONE = { withJob: false, withSource: false };
const WHOLE = { withJob: true, withSource: true };

let database: FreshDatabase;
let reader: ReturnType<typeof createReader>;

beforeAll(async () => {
  database = await freshDatabase({ deadlines: PATIENT });
  await fillFleet(database.db, { runs: 20_000, jobs: 2_000, sources: 5, newest: NEWEST });
  reader = createReader(database.db);
});
afterAll(() => database.close());

/** What the filter says, without any wit: every run is looked at. */
async function idsOf(means: string, order: RunOrder): Promise<number[]> {
  const direction = sql.raw(order === "started-desc" ? "desc" : "asc");
  const { rows } = await sql<{ id: number }>`
    select r.id from run r join job j on j.source_id = r.source_id and j.id = r.job_id join source s on s.id = r.source_id
    where ${sql.raw(means)} order by r.occurred_at ${direction}, r.id ${direction}`.execute(database.db);
  return rows.map((row) => row.id);
}

describe("a list of runs", () => {
  for (const order of ["started-desc", "started-asc"] as const) {
    for (const [name, { filter, means }] of Object.entries(CASES)) {
      it(`finds ${name}, ${order}`, async () => {
        const wanted = await idsOf(means, order);
        if (means !== "false") expect(wanted.length).toBeGreaterThan(0);
        const page = await reader.listRuns({ filter, order, first: 40, ...ALONE });
        expect(page.items.map((run) => run.id)).toEqual(wanted.slice(0, 40));
        expect(page.hasMore).toBe(wanted.length > 40);
        const middle = wanted[Math.floor(wanted.length / 2)];
        if (middle === undefined) return;
        const [last] = (await reader.listRuns({ filter, order, first: 1, ...ALONE })).items;
        const next = await reader.listRuns({ filter, order, first: 40, after: keyset(last), ...ALONE });
        expect(next.items.map((run) => run.id)).toEqual(wanted.slice(1, 41));
      });
    }
  }
});

const ascending = (a: number, b: number) => a - b;

function keyset(run: RunView | undefined) {
  return { at: run?.occurredAt ?? "", id: run?.id ?? 0 };
}

describe("the pages of a list", () => {
  it("hold every run once, to the microsecond", async () => {
    // A page ends between runs that a millisecond cannot tell apart.
    await sql`update run set occurred_at = timestamptz '2026-02-20T00:00:00Z' + run.id * interval '1 microsecond'
      from source where source.id = run.source_id and source.name = 'airflow-4'`.execute(database.db);
    const wanted = await idsOf("s.name = 'airflow-4'", "started-desc");
    const seen: number[] = [];
    for (let after = {}, more = true; more; ) {
      const page = await reader.listRuns({ filter: { source: ["airflow-4"] }, first: 500, ...after, ...ALONE });
      seen.push(...page.items.map((run) => run.id));
      after = { after: keyset(page.items.at(-1)) };
      more = page.hasMore;
    }
    expect(seen).toEqual(wanted);
  });

  it("refuse more than they can hold", async () => {
    await expect(reader.listRuns({ first: 501, ...ALONE })).rejects.toThrow(RangeError);
  });
});

describe("a run", () => {
  it("comes with its job and its source", async () => {
    const [listed] = (await reader.listRuns({ filter: { state: ["failed"] }, first: 1, ...WHOLE })).items;
    const run = await reader.runById({ sourceId: listed?.sourceId ?? 0, id: listed?.id ?? 0 }, WHOLE);
    expect({ ...run, job: null }).toEqual({ ...listed, job: null });
    expect(run).toMatchObject({
      state: "failed",
      nativeState: "failed",
      stateRule: "run.failed",
      errorKind: "failed",
      parameters: { day: "2026-01-01" },
      goneAtSource: null,
      job: {
        sourceId: listed?.sourceId,
        id: listed?.jobId,
        schedule: { dialect: "cronie" },
        source: { id: listed?.sourceId, adapter: "airflow" },
      },
    });
    expect(run?.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("is null where there is none", async () => {
    expect(await reader.runById({ sourceId: 1, id: 99_999_999 }, WHOLE)).toBeNull();
  });

  it("is written out only as far as wanted", async () => {
    const wanted = { run: ["state"], job: ["name"], source: ["name"] } as const;
    const [run] = (await reader.listRuns({ filter: { state: ["failed"] }, first: 1, ...WHOLE, wanted })).items;
    expect(Object.keys(run ?? {}).sort()).toEqual(["id", "job", "jobId", "occurredAt", "sourceId", "state"]);
    expect(Object.keys(run?.job ?? {}).sort()).toEqual(["id", "name", "source", "sourceId"]);
    expect(run?.job?.name).toMatch(/ /);
    expect(run?.job?.source?.name).toMatch(/^airflow-/);
    expect(run?.occurredAt).toMatch(/Z$/);
  });

  it("is found by key, once and only if there", async () => {
    const keys = [7, 7, 3, 99_999_999].map((id) => ({ sourceId: 1, id }));
    const all = await sql<{ source_id: number; id: number }>`select source_id, id from run where id in (3, 7)`.execute(
      database.db,
    );
    const real = all.rows.map((row) => ({ sourceId: row.source_id, id: row.id }));
    const found = await reader.runsByIds([...keys, ...real, ...real]);
    expect(found.map((run) => run.id).sort(ascending)).toEqual([3, 7]);
  });
});

describe("the last runs of jobs", () => {
  it("are one a job, the latest", async () => {
    const { rows } = await sql<{ source_id: number; job_id: number; id: number }>`
      select distinct on (job_id) source_id, job_id, id from run where job_id in (1, 5, 9, 2000)
      order by job_id, occurred_at desc, id desc`.execute(database.db);
    const jobs = rows.map((row) => ({ sourceId: row.source_id, id: row.job_id }));
    const last = await reader.lastRunsOf([...jobs, { sourceId: 1, id: 88_888 }]);
    expect(last.map((run) => run.id).sort(ascending)).toEqual(rows.map((row) => row.id).sort(ascending));
    expect(last.length).toBe(4);
  });
});
