import { describe, expect, it } from "vitest";
import { NotAskedError } from "../../../../src/adapter/http/gate.ts";
import { LIMITS } from "../../../../src/adapter/http/limits.ts";
import { waitBeforeRepeat } from "../../../../src/adapter/http/repeat.ts";
import { readRetryAfter } from "../../../../src/adapter/http/retry-after.ts";
import { RemoteError } from "../../../../src/adapter/remote-error.ts";

const now = new Date("2026-03-01T12:00:00Z");

describe("readRetryAfter", () => {
  it.each([
    ["7", 7_000],
    [" 0 ", 0],
    ["Sun, 01 Mar 2026 12:01:30 GMT", 90_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["soon", null],
    ["-5", null],
    ["", null],
    [undefined, null],
  ])("reads %j as %j ms", (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });
});

describe("waitBeforeRepeat", () => {
  const busy = (retryAfterMs?: number) =>
    new RemoteError("busy", {
      fault: "busy",
      passing: true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });

  it("doubles, and jitters by half", () => {
    for (const [attempt, full] of [
      [1, 200],
      [2, 400],
    ] as const) {
      const wait = waitBeforeRepeat(busy(), attempt, LIMITS);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    }
  });

  it("waits as long as the remote said", () => {
    expect(waitBeforeRepeat(busy(2_000), 1, LIMITS)).toBe(2_000);
  });

  it("does not wait longer than our patience", () => {
    expect(waitBeforeRepeat(busy(LIMITS.patienceMs + 1), 1, LIMITS)).toBeNull();
  });

  it("ends with the last attempt", () => {
    expect(waitBeforeRepeat(busy(), LIMITS.attempts, LIMITS)).toBeNull();
  });

  it("repeats nothing that lasts, and no bug of ours", () => {
    const refused = new RemoteError("no", { fault: "refused", passing: false });
    expect(waitBeforeRepeat(refused, 1, LIMITS)).toBeNull();
    expect(waitBeforeRepeat(new TypeError("ours"), 1, LIMITS)).toBeNull();
    expect(waitBeforeRepeat(new NotAskedError("breaker", 10), 1, LIMITS)).toBeNull();
  });
});
