import { describe, expect, it } from "vitest";
import { statusFault } from "../../../../src/adapter/http/status-fault.ts";

describe("statusFault", () => {
  it.each([
    [301, "refused", false, true],
    [400, "malformed", false, false],
    [401, "refused", false, false],
    [403, "refused", false, false],
    [404, "missing", false, false],
    [408, "busy", true, true],
    [409, "conflict", false, false],
    [410, "missing", false, false],
    [412, "conflict", false, false],
    [418, "malformed", false, false],
    [422, "malformed", false, false],
    [425, "busy", true, false],
    [429, "busy", true, false],
    [500, "busy", true, true],
    [502, "busy", true, true],
    [503, "busy", true, true],
    [504, "busy", true, true],
    [599, "busy", true, true],
  ])("takes %i for %s (passing %s, uncertain %s)", (status, fault, passing, uncertain) => {
    expect(statusFault(status, null)).toMatchObject({ fault, passing, uncertain });
  });

  it("believes a 503 that says when to come back", () => {
    expect(statusFault(503, 1_000).uncertain).toBe(false);
  });
});
