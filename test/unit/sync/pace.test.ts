import { describe, expect, it } from "vitest";
import { nextDelayMs, type PaceFacts } from "../../../src/sync/pace.ts";

function delay(change: Partial<PaceFacts> = {}): number {
  const quiet: PaceFacts = {
    latencyMs: 50,
    activeRuns: 0,
    hot: false,
    catchingUp: false,
    failures: 0,
    changed: 0,
    everyMs: null,
    retryAfterMs: null,
    random: 0.5,
  };
  return nextDelayMs({ ...quiet, ...change });
}

describe("the pace", () => {
  it("is slow where nothing happens and quicker where runs are under way", () => {
    expect(delay()).toBe(30_000);
    expect(delay({ activeRuns: 3 })).toBe(10_000);
    expect(delay({ changed: 1 })).toBe(10_000);
  });

  it("is within two seconds when somebody waits", () => {
    for (const random of [0, 0.5, 1]) expect(delay({ hot: true, random })).toBeLessThanOrEqual(2_000);
  });

  it("gives a slow source ten times its latency to rest", () => {
    expect(delay({ latencyMs: 8_000, activeRuns: 5 })).toBe(80_000);
    expect(delay({ latencyMs: 90_000 })).toBe(300_000);
    expect(delay({ latencyMs: 6_000, hot: true })).toBe(6_000);
  });

  it("doubles with each failure up to five minutes", () => {
    expect([1, 2, 3, 4].map((failures) => delay({ failures }))).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(delay({ failures: 60 })).toBe(300_000);
    expect(delay({ failures: 60, random: 1 })).toBeLessThanOrEqual(360_000);
  });

  it("waits as long as the source asked for", () => {
    expect(delay({ failures: 1, retryAfterMs: 45_000 })).toBe(45_000);
    expect(delay({ failures: 1, hot: true })).toBe(2_000);
  });

  it("keeps to what its owner asked for, unless the source is slower", () => {
    expect(delay({ everyMs: 2_000, activeRuns: 9 })).toBe(2_000);
    expect(delay({ everyMs: 2_000, latencyMs: 1_000 })).toBe(10_000);
  });

  it("spreads sources that began together", () => {
    expect(delay({ random: 0 })).toBe(24_000);
    expect(delay({ random: 1 })).toBe(36_000);
  });
});
