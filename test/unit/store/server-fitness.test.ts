import { describe, expect, it } from "vitest";
import { isRefusedByPooler, objectionTo } from "../../../src/store/server-fitness.ts";

describe("a server", () => {
  it.each([150_000, 160_004, 180_004, 190_000])("of version %i will do", (versionNumber) => {
    expect(objectionTo({ versionNumber, lockTimeout: "2s" })).toBeNull();
  });

  it.each([90_624, 140_012])("of version %i is told to be too old", (versionNumber) => {
    const objection = objectionTo({ versionNumber, lockTimeout: "2s" });
    expect(objection).toMatch(/^PostgreSQL \d+ is too old; Tutti needs 15 or later$/);
  });
});

describe("a pooler in between", () => {
  it("is named when it drops our deadlines", () => {
    expect(objectionTo({ versionNumber: 180_004, lockTimeout: "0" })).toMatch(/pooler .* name the server itself/);
  });

  it("is recognised when it refuses them", () => {
    expect(isRefusedByPooler(new Error("unsupported startup parameter: statement_timeout"))).toBe(true);
    expect(isRefusedByPooler(new Error("password authentication failed"))).toBe(false);
  });
});
