import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import { Fenced, type Lease } from "../../../src/store/sync/lease.ts";
import { markRunsGone, openRunsOf } from "../../../src/store/sync/open-runs.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { aLease, aRun, after, NOON } from "./given.ts";

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

const apply = (items: readonly ReturnType<typeof aRun>[], readAt = NOON) =>
  applyRuns(database.db, lease, { items, readAt });

async function theRun() {
  return database.db.selectFrom("run").selectAll().where("source_id", "=", lease.sourceId).executeTakeFirstOrThrow();
}

async function quarantined() {
  return database.db.selectFrom("quarantine").selectAll().where("source_id", "=", lease.sourceId).execute();
}

/** Every row version there is, dead ones told apart by their place and their writer. */
async function versions(): Promise<string> {
  const { rows } = await sql<{ all: string }>`
    select string_agg(t || ' ' || place || ' ' || writer || ' ' || locker, ',' order by t, place) as all from (
      select 'run' t, ctid::text place, xmin::text writer, xmax::text locker from run
      union all select 'job', ctid::text, xmin::text, xmax::text from job
      union all select 'tally', ctid::text, xmin::text, xmax::text from run_tally
      union all select 'attempt', ctid::text, xmin::text, xmax::text from run_attempt
      union all select 'sync', ctid::text, xmin::text, xmax::text from source_sync) v`.execute(database.db);
  return rows[0]?.all ?? "";
}

describe("applying a page of runs", () => {
  it("creates runs and sketches their jobs", async () => {
    const applied = await apply([aRun(), aRun({ runId: "two" }), aRun({ jobId: "other/job %" })]);
    expect(applied).toMatchObject({ created: 3, changed: 0, unchanged: 0 });
    const jobs = await database.db
      .selectFrom("job")
      .selectAll()
      .where("source_id", "=", lease.sourceId)
      .orderBy("external_id")
      .execute();
    expect(jobs.map((job) => [job.external_id, job.sketched, job.hand_off])).toEqual([
      ["load", true, "keyed"],
      ["other/job %", true, "keyed"],
    ]);
  });

  it("writes nothing at all for unchanged runs", async () => {
    const page = Array.from({ length: 500 }, (_, at) => aRun({ runId: `${at}`, parameters: { n: at, deep: [1.5] } }));
    await apply(page);
    const before = await versions();
    const again = await apply(page, after(5));
    expect(again).toMatchObject({ created: 0, changed: 0, unchanged: 500 });
    expect(await versions()).toBe(before);
  });

  it("keeps the attempt that a reopened run leaves", async () => {
    await apply([aRun({ state: "failed", endedAt: after(1), error: { kind: "oom", message: "killed" } })]);
    const applied = await apply([aRun({ state: "queued", startedAt: null, queuedAt: after(2) })], after(2));
    expect(applied.reopened).toBe(1);
    expect(await theRun()).toMatchObject({ attempt: 2, state: "queued", ended_at: null, occurred_at: after(2) });
    const attempts = await database.db
      .selectFrom("run_attempt")
      .selectAll()
      .where("source_id", "=", lease.sourceId)
      .execute();
    expect(attempts).toMatchObject([{ attempt: 1, state: "failed", error_kind: "oom", ended_at: after(1) }]);
  });

  it("sees a rerun that ended between two looks", async () => {
    await apply([aRun({ state: "failed", endedAt: after(1) })]);
    await apply([aRun({ state: "succeeded", startedAt: after(2), endedAt: after(3) })], after(4));
    expect(await theRun()).toMatchObject({ attempt: 2, state: "succeeded" });
  });

  it("drops what was read before what it knows", async () => {
    await apply([aRun({ state: "succeeded", endedAt: after(1) })], after(5));
    expect(await apply([aRun()], after(4))).toMatchObject({ outdated: 1, changed: 0 });
    expect(await theRun()).toMatchObject({ state: "succeeded", attempt: 1 });
  });

  it("leaves a run without times where it was first seen", async () => {
    await apply([aRun({ state: "queued", startedAt: null })], after(1));
    await apply([aRun({ state: "waiting", startedAt: null })], after(2));
    expect(await theRun()).toMatchObject({ state: "waiting", occurred_at: after(1), observed_at: after(2) });
  });

  it("takes the later of two rows for one run", async () => {
    await apply([aRun(), aRun({ state: "succeeded", endedAt: after(1) })]);
    expect(await theRun()).toMatchObject({ state: "succeeded", attempt: 1 });
  });

  it("refuses a holder that was replaced", async () => {
    await database.db
      .updateTable("source_sync")
      .set({ epoch: lease.epoch + 1, owner: "them" })
      .where("source_id", "=", lease.sourceId)
      .execute();
    await expect(apply([aRun()])).rejects.toBeInstanceOf(Fenced);
    await expect(theRun()).rejects.toThrow("no result");
  });

  it("tells the runs that came to an end", async () => {
    await apply([aRun(), aRun({ runId: "two" })]);
    const applied = await apply(
      [aRun({ state: "failed", endedAt: after(1) }), aRun({ runId: "two", url: "http://y" })],
      after(1),
    );
    expect(applied.ended.map((run) => run.runId)).toEqual(["one"]);
  });
});

describe("a row that cannot be stored", () => {
  const healthy = aRun({ runId: "healthy" });

  it.each([
    ["NUL", aRun({ error: { kind: "failed", message: "a\0b" } }), "NUL"],
    ["NUL in its id", aRun({ runId: "a\0b" }), "NUL"],
    ["a lone surrogate", aRun({ parameters: { deep: ["\ud800"] } }), "surrogate"],
    ["an id beyond all bounds", aRun({ runId: "x".repeat(9_000) }), "longer than"],
    ["no id", aRun({ runId: "" }), "empty"],
    ["no time for a time", aRun({ startedAt: new Date(Number.NaN) }), "years"],
    ["a time beyond all calendars", aRun({ startedAt: new Date(8.64e15) }), "years"],
  ])("is set aside for %s", async (_, poison, reason) => {
    const applied = await apply([poison, healthy]);
    expect(applied).toMatchObject({ created: 1, quarantined: 1 });
    expect(await theRun()).toMatchObject({ external_id: "healthy" });
    expect(await quarantined()).toMatchObject([{ kind: "run", times: 1, reason: expect.stringContaining(reason) }]);
  });

  it("counts when it comes again", async () => {
    for (let time = 0; time < 3; time += 1) await apply([aRun({ runId: "a\0b" })]);
    expect(await quarantined()).toMatchObject([{ times: 3 }]);
  });

  it("keeps a run, and not its 50 MB", async () => {
    const began = performance.now();
    const applied = await apply([aRun({ parameters: { blob: "x".repeat(50_000_000), password: "hunter2" } }), healthy]);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(applied).toMatchObject({ created: 2, quarantined: 1 });
    const [row] = await quarantined();
    expect(row?.reason).toMatch("larger than 256 KB");
    expect(row?.sample.length).toBeLessThan(2_001);
    expect(row?.sample).not.toMatch("hunter2");
  });

  it("is found by halving when only PostgreSQL objects", async () => {
    await database.db.schema
      .alterTable("run")
      .addCheckConstraint("no_thirteen", sql`external_id <> 'unlucky'`)
      .execute();
    const page = Array.from({ length: 40 }, (_, at) => aRun({ runId: at === 13 ? "unlucky" : `${at}` }));
    const applied = await apply(page);
    await database.db.schema.alterTable("run").dropConstraint("no_thirteen").execute();
    expect(applied).toMatchObject({ created: 39, quarantined: 1 });
    expect(await quarantined()).toMatchObject([
      { external_id: "load/unlucky", reason: expect.stringContaining("no_thirteen") },
    ]);
  });
});

describe("runs that vanished", () => {
  it("become unknown and keep the last word", async () => {
    await apply([aRun()]);
    const open = await openRunsOf(database.db, lease.sourceId);
    expect(await markRunsGone(database.db, lease, open, after(9))).toBe(1);
    expect(await theRun()).toMatchObject({
      state: "unknown",
      native_state: "running",
      state_rule: "gone-at-source",
      gone_at_source: after(9),
    });
    expect(await openRunsOf(database.db, lease.sourceId)).toEqual([]);
  });

  it("are left alone when they moved meanwhile", async () => {
    await apply([aRun()]);
    const open = await openRunsOf(database.db, lease.sourceId);
    await apply([aRun({ state: "succeeded", endedAt: after(1) })], after(1));
    expect(await markRunsGone(database.db, lease, open, after(9))).toBe(0);
  });

  it("come back when the source shows them again", async () => {
    await apply([aRun()]);
    await markRunsGone(database.db, lease, await openRunsOf(database.db, lease.sourceId), after(1));
    await apply([aRun({ native: { word: "running", rule: "run.running" } })], after(2));
    expect(await theRun()).toMatchObject({ state: "running", gone_at_source: null, attempt: 1 });
  });
});
