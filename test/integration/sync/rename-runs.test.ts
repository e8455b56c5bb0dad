import * as fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import { isTerminal, RUN_STATES } from "../../../src/model/run-state.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import type { Lease } from "../../../src/store/sync/lease.ts";
import { keepOwnRun } from "../../../src/store/sync/own-run.ts";
import { markRunsGone, openRunsOf } from "../../../src/store/sync/open-runs.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { kept, scanned } from "./counted.ts";
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

const apply = (items: readonly ForeignRun[], readAt = NOON) => applyRuns(database.db, lease, { items, readAt });
const queued = (change: Partial<ForeignRun> = {}) =>
  aRun({ runId: "queue/5", state: "queued", startedAt: null, queuedAt: NOON, ...change });
const build = (change: Partial<ForeignRun> = {}) => aRun({ runId: "12", formerly: "queue/5", ...change });
const runs = () =>
  database.db.selectFrom("run").selectAll().where("source_id", "=", lease.sourceId).orderBy("id").execute();
const attempts = async () =>
  database.db
    .selectFrom("run_attempt")
    .selectAll()
    .where("source_id", "=", lease.sourceId)
    .orderBy("attempt")
    .execute();

async function expectRightCounts(): Promise<void> {
  expect(await kept(database.db, lease.sourceId)).toEqual(await scanned(database.db, lease.sourceId));
}

describe("a run that its tool has renamed", () => {
  it("goes on in the row it had", async () => {
    await apply([queued()]);
    const [before] = await runs();
    await apply([queued({ state: "failed" })], after(1));
    await apply([queued()], after(2));
    const applied = await apply([build()], after(3));
    expect(applied).toMatchObject({ created: 0, changed: 1 });
    expect(await runs()).toMatchObject([{ id: before?.id, external_id: "12", state: "running", attempt: 2 }]);
    expect(await attempts()).toMatchObject([{ run_id: before?.id, attempt: 1, state: "failed" }]);
    await expectRightCounts();
  });

  it("is taken on with nothing else new", async () => {
    await apply([queued()]);
    await apply([queued({ runId: "12", formerly: "queue/5" })], after(1));
    expect(await runs()).toMatchObject([{ external_id: "12", state: "queued" }]);
  });

  it("is not brought back by a late page", async () => {
    await apply([build()]);
    await apply([queued()], after(-1));
    await apply([queued()], after(5));
    expect(await runs()).toMatchObject([{ external_id: "12", state: "running" }]);
    await expectRightCounts();
  });

  it("comes back under its name after it vanished", async () => {
    await apply([queued()]);
    await markRunsGone(database.db, lease, await openRunsOf(database.db, lease.sourceId), after(1));
    await apply([build({ state: "succeeded", endedAt: after(2) })], after(3));
    expect(await runs()).toMatchObject([{ external_id: "12", state: "succeeded", gone_at_source: null }]);
    await expectRightCounts();
  });

  it("keeps to its job, where names are alike in another", async () => {
    await apply([queued({ jobId: "other" }), queued()]);
    await apply([build()], after(1));
    expect((await runs()).map((run) => run.external_id)).toEqual(["queue/5", "12"]);
  });

  it("is one where two rows stood for it", async () => {
    await apply([queued()]);
    await apply([aRun({ runId: "12", state: "failed", endedAt: after(1) })], after(1));
    await apply([aRun({ runId: "12", state: "running", startedAt: after(2) })], after(2));
    const [first, second] = await runs();
    expect(second).toMatchObject({ external_id: "12", attempt: 2 });
    await apply([build({ state: "succeeded", startedAt: after(2), endedAt: after(3) })], after(3));
    expect(await runs()).toMatchObject([{ id: first?.id, external_id: "12", state: "succeeded", attempt: 2 }]);
    expect(await attempts()).toMatchObject([{ run_id: first?.id, attempt: 1, state: "failed" }]);
    await expectRightCounts();
  });

  it("writes nothing once it is settled", async () => {
    await apply([queued()]);
    await apply([build()], after(1));
    const versions = () =>
      sql`select 'run' as t, ctid::text, xmin::text, xmax::text from run
        union all select 'name', ctid::text, xmin::text, xmax::text from run_name
        union all select 'sync', ctid::text, xmin::text, xmax::text from source_sync order by 1, 2`.execute(
        database.db,
      );
    const before = await versions();
    await apply([build()], after(2));
    expect((await versions()).rows).toEqual(before.rows);
  });

  it("is found by whoever started it, under either name", async () => {
    const keep = (run: ForeignRun, at: Date) =>
      database.db.transaction().execute((trx) => keepOwnRun(trx, lease.sourceId, run, at));
    const started = await keep(queued(), NOON);
    await apply([build()], after(1));
    expect(await keep(queued(), after(2))).toBe(started);
    expect(await keep(build({ state: "succeeded", endedAt: after(3) }), after(3))).toBe(started);
    expect(await runs()).toMatchObject([{ id: started, external_id: "12", state: "succeeded" }]);
    await expectRightCounts();
  });

  it("is told first by an answer, and stays one", async () => {
    await apply([queued()]);
    const [held] = await runs();
    const kept = await database.db.transaction().execute((trx) => keepOwnRun(trx, lease.sourceId, build(), after(1)));
    expect(await runs()).toMatchObject([{ id: held?.id }]);
    expect(kept).toBe(held?.id);
  });

  it("keeps what was asked of either of its rows", async () => {
    await apply([queued()]);
    await apply([aRun({ runId: "12" })], after(1));
    const [first, second] = await runs();
    await sql`insert into intent (source_id, job_id, kind, key, target, target_attempt, digest, principal, hand_off, send_until)
      select ${lease.sourceId}, ${first?.job_id}, 'cancel', 'cancel-' || target, target, 1, sha256('a'), 'ada', 'marked', now()
      from unnest(${[first?.id, second?.id]}::bigint[]) as asked(target)`.execute(database.db);
    await sql`insert into intent (source_id, job_id, kind, key, run_id, external_run, found_by, digest, principal, hand_off, send_until)
      values (${lease.sourceId}, ${first?.job_id}, 'start', 'start', ${second?.id}, '12', 'answer', sha256('a'), 'ada', 'marked', now())`.execute(
      database.db,
    );
    await apply([build()], after(2));
    const intents = await database.db
      .selectFrom("intent")
      .select(["kind", "run_id", "target"])
      .where("source_id", "=", lease.sourceId)
      .orderBy("id")
      .execute();
    // Two open wishes to stop one run would be one too many, so the second stays where it was and finds its run gone.
    expect(intents).toEqual([
      { kind: "cancel", run_id: null, target: first?.id },
      { kind: "cancel", run_id: null, target: second?.id },
      { kind: "start", run_id: first?.id, target: null },
    ]);
  });

  it("survives a tool that gives one name to two runs", async () => {
    await apply([queued(), queued({ runId: "queue/6" })]);
    await apply([build(), build({ formerly: "queue/6" })], after(1));
    await apply([build()], after(2));
    expect((await runs()).filter((run) => run.external_id === "12")).toHaveLength(1);
    await expectRightCounts();
  });
});

const sighting = fc.record({
  as: fc.constantFrom("former" as const, "present" as const, "both" as const),
  state: fc.constantFrom(...RUN_STATES),
  startedMin: fc.option(fc.integer({ min: 0, max: 200 })),
  lastsMin: fc.option(fc.integer({ min: 0, max: 90 })),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("page" as const),
      sightings: fc.array(sighting, { minLength: 1, maxLength: 4 }),
      readMin: fc.integer({ min: 0, max: 300 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("vanish" as const), readMin: fc.integer({ min: 0, max: 300 }) }),
  },
);

function toRun({ as, state, startedMin, lastsMin }: typeof sighting extends fc.Arbitrary<infer T> ? T : never) {
  const startedAt = startedMin === null ? null : after(startedMin);
  const ends = isTerminal(state) && lastsMin !== null;
  return aRun({
    runId: as === "former" ? "queue/5" : "12",
    formerly: as === "both" ? "queue/5" : null,
    state,
    startedAt,
    endedAt: ends ? after((startedMin ?? 0) + lastsMin) : null,
  });
}

describe("the two names of a run, in any order", () => {
  it("end in one row that is counted once", { timeout: 120_000 }, async () => {
    let histories = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        lease = await aLease(database.db, `history-${++histories}`);
        const last = {
          kind: "page",
          sightings: [{ as: "both", state: "running", startedMin: 0, lastsMin: null }],
        } as const;
        for (const one of [...steps, { ...last, readMin: 300 }]) {
          const readAt = after(one.readMin);
          if (one.kind === "page") await apply(one.sightings.map(toRun), readAt);
          else await markRunsGone(database.db, lease, await openRunsOf(database.db, lease.sourceId), readAt);
          await expectRightCounts();
          const told = one.kind === "page" && one.sightings.at(-1)?.as === "both";
          if (told) expect(await runs()).toMatchObject([{ external_id: "12" }]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
