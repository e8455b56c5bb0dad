import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RunFeed } from "../../../src/api/subscriptions/run-feed.ts";
import { runMatches } from "../../../src/api/subscriptions/run-matches.ts";
import type { RunEvent } from "../../../src/api/subscriptions/subscriber.ts";
import type { RunFilter } from "../../../src/model/view.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { aFleet, aJob, aRun, aSource, type FakeReader, fakeReader } from "../../support/fake-reader.ts";

let reader: FakeReader;
let feed: RunFeed;
beforeEach(() => {
  vi.useFakeTimers();
  reader = fakeReader(aFleet(6_000));
  feed = new RunFeed({ reader, log: silentLog, metrics: createMetrics() });
});
afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

const change = (...runs: number[]) => feed.change({ sourceId: 1, runs });
const all = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const settle = () => vi.advanceTimersByTimeAsync(5_000);

async function next(events: AsyncIterator<RunEvent>): Promise<string> {
  const { value } = (await events.next()) as IteratorYieldResult<RunEvent>;
  return value === "missed" ? value : value.externalId;
}

describe("a subscriber that is behind", () => {
  it("gets every run all the same, as it stands when its turn comes", async () => {
    const events = feed.subscribe({});
    change(...all(1, 200));
    await settle();
    const run = reader.world.runs.findIndex(({ id }) => id === 150);
    reader.world.runs[run] = aRun({ ...reader.world.runs[run], externalId: "run_150_by_now" });
    const seen: string[] = [];
    for (let times = 0; times < 200; times += 1) {
      const event = next(events);
      await settle();
      seen.push(await event);
    }
    expect(new Set(seen).size).toBe(200);
    expect(seen).toContain("run_150_by_now");
  });

  it("is told once that it missed something, when ids pile up", async () => {
    const events = feed.subscribe({});
    for (let from = 1; from < 6_000; from += 500) {
      change(...all(from, from + 499));
      await settle();
    }
    expect(await next(events)).toBe("missed");
    change(7);
    await settle();
    expect(await next(events)).not.toBe("missed");
  });

  it("keeps nobody else waiting", async () => {
    feed.subscribe({});
    const quick = feed.subscribe({});
    for (let times = 0; times < 100; times += 1) {
      change(1 + times);
      const event = next(quick);
      await settle();
      expect(await event).toBe(`run_${1 + times}`);
    }
  });
});

describe("a feed whose database is away", () => {
  it("tells its subscribers that they missed something", async () => {
    const events = feed.subscribe({});
    reader.runsByIds = () => Promise.reject(new Error("connection refused"));
    change(1);
    await settle();
    expect(await next(events)).toBe("missed");
  });
});

describe("a feed nobody listens to", () => {
  it("asks the database nothing", async () => {
    change(...all(1, 100));
    feed.gap();
    await settle();
    expect(reader.world.asked).toEqual([]);
  });
});

describe("whether a run belongs to a filter", () => {
  const job = { ...aJob(), source: aSource({ labels: { team: "finance", tier: "1" } }) };
  const run = aRun({ job, state: "failed", errorKind: "failed", errorMessage: "Ledger out of balance" });

  const cases: readonly (readonly [RunFilter, boolean])[] = [
    [{}, true],
    [{ source: ["airflow-prod", "other"] }, true],
    [{ source: ["other"] }, false],
    [{ job: ["airflow-prod/load_ledger"] }, true],
    [{ job: ["airflow-prod/load"] }, false],
    [{ state: ["failed"] }, true],
    [{ state: ["running"] }, false],
    [{ cause: ["manual"] }, false],
    [{ label: ["team=finance", "tier"] }, true],
    [{ label: ["team=finance", "region"] }, false],
    [{ label: ["team=sales"] }, false],
    [{ label: ["toString"] }, false],
    [{ startedAfter: "2026-11-20T02:00:00.000Z", startedBefore: "2026-11-20T02:00:00.001Z" }, true],
    [{ startedBefore: "2026-11-20T02:00:00.000Z" }, false],
    [{ endedAfter: "2026-11-21T00:00:00.000Z" }, false],
    [{ text: "OUT OF" }, true],
    [{ text: "Load_Ledger" }, true],
    [{ text: "scheduled__2026" }, true],
    [{ text: "2026-11" }, false],
  ];
  it.each(cases)("%j is answered with %s", (filter, answer) => {
    expect(runMatches(filter, run)).toBe(answer);
  });
});
