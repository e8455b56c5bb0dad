import { describe, expect, it } from "vitest";
import { listsUntilGone } from "../../../src/model/job-absence.ts";

describe("a job that is no longer listed", () => {
  it.each([
    [1_000, 1, 2],
    [1_000, 500, 2],
    [1_000, 501, 3],
    [11, 6, 3],
    [10, 10, 2],
    [1, 1, 2],
  ])("of %i known and %i missing is gone after %i lists", (known, missing, lists) => {
    expect(listsUntilGone(known, missing)).toBe(lists);
  });
});
