import { describe, expect, it } from "vitest";
import { dialectOf } from "../../../../adapters/airflow/dialect.ts";
import { changesSince, openRuns, runsBetween } from "../../../../adapters/airflow/feed.ts";

const since = new Date("2026-11-21T00:00:00Z");
const until = new Date("2026-11-22T00:00:00Z");

describe("what a version can do", () => {
  it.each([
    ["v1", "2.5.3", false, 100],
    ["v1", "2.6.0", true, 100],
    ["v1", "2.10.0", true, 100],
    ["v1", "2.9.3+composer", true, 100],
    ["v1", "2.7.2.post1", true, 100],
    ["v2", "3.0.2", true, 50],
    ["v2", "3.1.8", true, 50],
    ["v2", "3.2.0rc1", true, 100],
    ["v2", "3.3.1", true, 100],
    ["v2", "main", true, 100],
  ] as const)("%s %s: updated_at %s, %i runs a page", (api, version, updatedAtFilter, runsPerPage) => {
    expect(dialectOf(api, version)).toMatchObject({ api, version, base: `/api/${api}`, updatedAtFilter, runsPerPage });
  });
});

describe("the questions for runs", () => {
  it("asks for changes by updated_at, in the order that does not move", () => {
    expect(changesSince(since, dialectOf("v2", "3.2.1"))).toEqual([
      { updated_at_gte: "2026-11-21T00:00:00.000Z", order_by: "id" },
    ]);
  });

  it("asks for ended, begun and open runs before 2.6", () => {
    expect(changesSince(since, dialectOf("v1", "2.5.3"))).toEqual([
      { end_date_gte: "2026-11-21T00:00:00.000Z", order_by: "id" },
      { start_date_gte: "2026-11-21T00:00:00.000Z", order_by: "id" },
      openRuns(),
    ]);
  });

  it("looks back by the start in 2.x and by run_after in 3.x", () => {
    expect(runsBetween(since, until, dialectOf("v1", "2.10.0"))).toEqual({
      start_date_gte: "2026-11-21T00:00:00.000Z",
      start_date_lte: "2026-11-22T00:00:00.000Z",
      order_by: "-start_date",
    });
    expect(runsBetween(since, until, dialectOf("v2", "3.1.0"))).toEqual({
      run_after_gte: "2026-11-21T00:00:00.000Z",
      run_after_lte: "2026-11-22T00:00:00.000Z",
      order_by: "-run_after",
    });
  });
});
