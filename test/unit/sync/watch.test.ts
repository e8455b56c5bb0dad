import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { keepWatching, type Watching } from "../../../src/sync/watch.ts";

const ref = (runId: string): ForeignRunRef => ({ jobId: "load", runId });

function watched(watch: Watching["watch"]) {
  const stop = new AbortController();
  const heard: string[] = [];
  const breaks: unknown[] = [];
  let lines = 0;
  const ended = keepWatching({
    watch,
    signal: stop.signal,
    clock: systemClock,
    firstWaitMs: 1,
    random: () => 0.5,
    onHint: ({ runId }) => void heard.push(runId),
    onLine: (open, cause) => void (open ? (lines += 1) : breaks.push(cause)),
  });
  return { stop, heard, breaks, ended, lines: () => lines };
}

describe("a watch over a remote", () => {
  it("is taken up again after each break", async () => {
    let times = 0;
    const { stop, heard, breaks, ended } = watched(async function* () {
      times += 1;
      yield ref(String(times));
      if (times === 2) throw new TypeError("x is not a function");
      if (times === 4) stop.abort();
    });
    await ended;
    expect(heard).toEqual(["1", "2", "3", "4"]);
    expect(breaks).toEqual([null, expect.any(TypeError), null]);
  });

  it("waits longer for one that says nothing", async () => {
    const began = performance.now();
    const silent = { next: async () => ({ done: true as const, value: undefined }) };
    const { stop, ended, lines } = watched(() => {
      if (lines() === 6) stop.abort();
      return { [Symbol.asyncIterator]: () => silent };
    });
    await ended;
    // 1 + 2 + 4 + 8 + 16 ms, less what a timer may be early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(25);
  });

  it("ends at once, though the remote is deaf", async () => {
    const never = () => new Promise<never>(() => undefined);
    const { stop, ended } = watched(() => ({ [Symbol.asyncIterator]: () => ({ next: never, return: never }) }));
    stop.abort();
    await ended;
  });

  it("lets others have the thread in a flood", async () => {
    let at = 0;
    const { stop, ended } = watched(() => ({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false as const, value: ref(String((at += 1))) }) }),
    }));
    await new Promise<void>((resolve) => void setTimeout(resolve, 5));
    stop.abort();
    await ended;
    expect(at).toBeGreaterThan(200);
  });
});
