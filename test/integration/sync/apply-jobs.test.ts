import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyJobs, type JobList } from "../../../src/store/sync/apply-jobs.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import type { Lease } from "../../../src/store/sync/lease.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { aJob, aLease, aRun, after, NOON } from "./given.ts";

let database: FreshDatabase;
let lease: Lease;
let sources = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  lease = await aLease(database.db, `source-${++sources}`);
});

const apply = (ids: readonly string[], rest: Partial<JobList> = {}) =>
  applyJobs(database.db, lease, { items: ids.map((id) => aJob(id)), readAt: NOON, ...rest });

const ids = (count: number) => Array.from({ length: count }, (_, at) => `job_${at}`);

async function gone(): Promise<string[]> {
  const rows = await database.db
    .selectFrom("job")
    .select("external_id")
    .where("source_id", "=", lease.sourceId)
    .where("gone_at", "is not", null)
    .orderBy("external_id")
    .execute();
  return rows.map((row) => row.external_id);
}

async function places(): Promise<unknown[]> {
  const { rows } = await sql`select external_id, ctid::text, xmin::text, xmax::text from job order by 1`.execute(
    database.db,
  );
  return rows;
}

describe("applying a complete list of jobs", () => {
  it("keeps every field of a job", async () => {
    await applyJobs(database.db, lease, {
      items: [
        aJob("a/b c%", {
          path: ["x", "y"],
          tags: ["t"],
          capabilities: ["start", "log"],
          paused: true,
          problem: "stale",
        }),
      ],
      readAt: NOON,
    });
    const row = await database.db
      .selectFrom("job")
      .selectAll()
      .where("source_id", "=", lease.sourceId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      external_id: "a/b c%",
      path: ["x", "y"],
      tags: ["t"],
      capabilities: ["start", "log"],
      paused: true,
      problem: "stale",
      schedule: { expression: "0 2 * * *", dialect: "debian", timezone: "UTC", text: null },
      next_at: after(60),
      sketched: false,
      gone_at: null,
      hand_off: "keyed",
    });
  });

  it("writes nothing for an unchanged list", async () => {
    await apply(ids(1_200));
    const before = await places();
    expect(await apply(ids(1_200), { readAt: after(9) })).toMatchObject({
      written: 0,
      gone: 0,
      missing: 0,
      known: 1_200,
    });
    expect(await places()).toEqual(before);
  });

  it("calls a job gone after two lists without it", async () => {
    await apply(ids(3));
    expect(await apply(ids(2))).toMatchObject({ gone: 0, missing: 1 });
    expect(await gone()).toEqual([]);
    expect(await apply(ids(2))).toMatchObject({ gone: 1, known: 2 });
    expect(await gone()).toEqual(["job_2"]);
  });

  it("waits for a third list when most vanish", async () => {
    await apply(ids(20));
    expect(await apply(ids(5))).toMatchObject({ missing: 15 });
    expect(await apply(ids(5))).toMatchObject({ missing: 15, gone: 0 });
    expect(await apply(ids(5))).toMatchObject({ gone: 15 });
  });

  it("forgets a miss once the job is back", async () => {
    await apply(ids(3));
    await apply(ids(2));
    await apply(ids(3));
    await apply(ids(2));
    expect(await gone()).toEqual([]);
  });

  it("takes a job back that had gone", async () => {
    await apply(ids(2));
    await apply(ids(1));
    await apply(ids(1));
    expect(await gone()).toEqual(["job_1"]);
    await apply(ids(2));
    expect(await gone()).toEqual([]);
  });

  it("fills in a job known from its runs", async () => {
    await applyRuns(database.db, lease, { items: [aRun({ jobId: "job_0" })], readAt: NOON });
    expect(await apply(ids(1))).toMatchObject({ written: 1, known: 1 });
  });

  it("sets a poisoned job aside and calls nobody gone for it", async () => {
    await apply(ids(2));
    const poisoned = { items: [aJob("job_0"), aJob("job_1", { name: "a\0b" })], readAt: NOON };
    for (let time = 0; time < 3; time += 1) {
      expect(await applyJobs(database.db, lease, poisoned)).toMatchObject({ quarantined: 1, missing: 0 });
    }
    expect(await gone()).toEqual([]);
  });

  it("calls nobody gone beside a row without a name", async () => {
    await apply(ids(2));
    const rejected = [{ kind: "job" as const, id: null, reason: "no dag_id", sample: {} }];
    for (let time = 0; time < 3; time += 1) await apply(ids(1), { rejected });
    expect(await gone()).toEqual([]);
  });
});
