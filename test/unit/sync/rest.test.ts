import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { createRest } from "../../../src/sync/rest.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function resting(look: (runs: readonly ForeignRunRef[]) => Promise<boolean> = async () => true) {
  const looks: { readonly at: number; readonly runs: readonly string[] }[] = [];
  const began = performance.now();
  const stop = new AbortController();
  const rest = createRest({
    signal: stop.signal,
    clock: systemClock,
    look: (runs) => {
      looks.push({ at: performance.now() - began, runs: runs.map(({ runId }) => runId) });
      return look(runs);
    },
  });
  let endedAt: number | null = null;
  const rested = (work: Promise<void>) => void work.then(() => (endedAt = performance.now() - began));
  return {
    rest,
    stop,
    looks,
    rested,
    endedAt: () => endedAt,
    hint: (runId: string) => rest.hint({ jobId: "load", runId }),
  };
}

describe("the rest between two passes", () => {
  it("lasts as long as it should", async () => {
    const { rest, rested, endedAt } = resting();
    rested(rest.for(10_000));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(endedAt()).toBeNull();
    await vi.advanceTimersByTimeAsync(2);
    expect(endedAt()).not.toBeNull();
  });

  it("looks at once at what is hinted, and rests on", async () => {
    const { rest, rested, looks, hint, endedAt } = resting();
    rested(rest.for(10_000));
    await vi.advanceTimersByTimeAsync(1_000);
    hint("one");
    hint("two");
    hint("one");
    await vi.advanceTimersByTimeAsync(100);
    expect(looks).toEqual([{ at: 1_030, runs: ["one", "two"] }]);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(endedAt()).toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(endedAt()).toBe(10_000);
  });

  it("follows a hint that came before it", async () => {
    const { rest, rested, looks, hint } = resting();
    hint("early");
    rested(rest.for(10_000));
    await vi.advanceTimersByTimeAsync(50);
    expect(looks).toMatchObject([{ runs: ["early"] }]);
  });

  it("leaves the source as much time as it took", async () => {
    const slow = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 800));
    const { rest, rested, looks, hint } = resting(slow);
    rested(rest.for(60_000));
    const often = setInterval(() => hint("busy"), 10);
    await vi.advanceTimersByTimeAsync(16_500);
    clearInterval(often);
    expect(looks.length).toBeGreaterThanOrEqual(9);
    expect(looks.length).toBeLessThanOrEqual(11);
  });

  it("reads the list instead after a flood, soon", async () => {
    const { rest, rested, looks, hint, endedAt } = resting();
    rested(rest.for(60_000));
    await vi.advanceTimersByTimeAsync(1);
    for (let at = 0; at < 10_000; at += 1) hint(String(at));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(looks).toEqual([]);
    expect(endedAt()).toBe(1_600);
  });

  it("is deaf after a look that failed", async () => {
    const { rest, rested, looks, hint, endedAt } = resting(async () => false);
    rested(rest.for(5_000));
    for (let at = 0; at < 40; at += 1) {
      hint(String(at));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(looks).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(endedAt()).toBe(5_000);
  });

  it("ends when it is woken or told to stop", async () => {
    const { rest, rested, endedAt, stop } = resting();
    rested(rest.for(60_000));
    await vi.advanceTimersByTimeAsync(500);
    rest.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(endedAt()).toBe(500);
    stop.abort();
    await rest.for(60_000);
    await rest.deafFor(60_000);
  });
});
