import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import { isTerminal, RUN_STATES } from "../../../src/model/run-state.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import { markRunsGone, openRunsOf } from "../../../src/store/sync/open-runs.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { kept, scanned } from "./counted.ts";
import { aLease, aRun, after } from "./given.ts";

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

const sighting = fc.record({
  runId: fc.constantFrom("a", "b", "c", "d"),
  jobId: fc.constantFrom("x", "y"),
  state: fc.constantFrom(...RUN_STATES),
  startedMin: fc.option(fc.integer({ min: 0, max: 200 })),
  lastsMin: fc.option(fc.integer({ min: 0, max: 90 })),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("page" as const),
      runs: fc.array(sighting, { maxLength: 6 }),
      readMin: fc.integer({ min: 0, max: 300 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("vanish" as const), atMin: fc.integer({ min: 0, max: 300 }) }),
  },
);

function toRun({
  runId,
  jobId,
  state,
  startedMin,
  lastsMin,
}: typeof sighting extends fc.Arbitrary<infer T> ? T : never) {
  const startedAt = startedMin === null ? null : after(startedMin);
  const ends = isTerminal(state) && lastsMin !== null;
  return aRun({ runId, jobId, state, startedAt, endedAt: ends ? after((startedMin ?? 0) + lastsMin) : null });
}

describe("the counts kept as the data arrives", () => {
  it("equal a scan after any history", { timeout: 120_000 }, async () => {
    let histories = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const lease = await aLease(database.db, `history-${++histories}`);
        for (const one of steps) {
          if (one.kind === "page") {
            await applyRuns(database.db, lease, { items: one.runs.map(toRun), readAt: after(one.readMin) });
          } else {
            const open = await openRunsOf(database.db, lease.sourceId);
            await markRunsGone(database.db, lease, open, after(one.atMin));
          }
        }
        expect(await kept(database.db, lease.sourceId)).toEqual(await scanned(database.db, lease.sourceId));
      }),
      { numRuns: 60 },
    );
  });

  it("leave alone the minutes that are given up", async () => {
    const lease = await aLease(database.db, "old");
    const DAYS = 1_440;
    const ended = aRun({ state: "failed", endedAt: after(1) });
    const apply = (run: ForeignRun, readMin: number) =>
      applyRuns(database.db, lease, { items: [run], readAt: after(readMin) });
    await apply({ ...ended, runId: "lately" }, 2);
    await apply({ ...ended, runId: "long ago" }, 5 * DAYS);
    await database.db.deleteFrom("run_tally").where("source_id", "=", lease.sourceId).where("span", "=", 1).execute();
    // Reopened long after: out of the hour, and not out of a minute that holds nothing any more.
    for (const runId of ["lately", "long ago"])
      await apply({ ...ended, runId, state: "running", endedAt: null }, 6 * DAYS);
    expect(await kept(database.db, lease.sourceId)).toEqual([
      { span: 0, bucket: "-infinity", state: "running", runs: 2 },
    ]);
  });
});
