import { describe, expect, it } from "vitest";
import type { Marks } from "../../../src/store/sync/marks.ts";
import { nextSlice } from "../../../src/sync/backfill.ts";
import { dueNow } from "../../../src/sync/due.ts";
import { readSettings } from "../../../src/sync/settings.ts";

function marks(change: Partial<Marks> = {}): Marks {
  return {
    watermark: null,
    backfillFrom: null,
    backfillReached: null,
    backfillDoneAt: null,
    failures: 0,
    reachable: true,
    probedAgoMs: 0,
    jobsSweptAgoMs: 0,
    openSweptAgoMs: 0,
    gatesAskedAgoMs: 0,
    linksAskedAgoMs: 0,
    ...change,
  };
}

describe("what a pass has to do", () => {
  const nothing = { probe: false, jobs: false, open: false, gates: false, links: false };

  it("is everything at first", () => {
    const never = { probedAgoMs: null, jobsSweptAgoMs: null, openSweptAgoMs: null };
    expect(dueNow(marks({ ...never, gatesAskedAgoMs: null, linksAskedAgoMs: null }))).toEqual({
      probe: true,
      jobs: true,
      open: true,
      gates: true,
      links: true,
    });
  });

  it("is nothing extra between the sweeps", () => {
    expect(dueNow(marks())).toEqual(nothing);
  });

  it("is a sweep every five minutes and a probe every ten", () => {
    const ago = (ms: number) => ({ jobsSweptAgoMs: ms, openSweptAgoMs: ms, gatesAskedAgoMs: ms, linksAskedAgoMs: ms });
    expect(dueNow(marks({ ...ago(300_000), probedAgoMs: 300_000 }))).toEqual({
      ...nothing,
      jobs: true,
      open: true,
      gates: true,
    });
    expect(dueNow(marks({ probedAgoMs: 600_000 })).probe).toBe(true);
  });

  it("is the links every half hour", () => {
    expect(dueNow(marks({ linksAskedAgoMs: 1_799_999 })).links).toBe(false);
    expect(dueNow(marks({ linksAskedAgoMs: 1_800_000 })).links).toBe(true);
  });

  it("is a probe first after a failure", () => {
    expect(dueNow(marks({ failures: 1 })).probe).toBe(true);
  });
});

describe("looking back", () => {
  const hour = (at: number) => new Date(at * 3_600_000);

  it("goes newest first and meets its end exactly", () => {
    const slices = [];
    for (let slice = nextSlice(hour(0), hour(30)); slice; slice = nextSlice(hour(0), slice.from)) slices.push(slice);
    expect(slices).toEqual([
      { from: hour(18), to: hour(30) },
      { from: hour(6), to: hour(18) },
      { from: hour(0), to: hour(6) },
    ]);
  });
});

describe("settings", () => {
  it("hold fourteen days and two minutes unless told otherwise", () => {
    expect(readSettings({})).toEqual({ lookBackMs: 14 * 86_400_000, everyMs: null, overlapMs: 120_000 });
    expect(readSettings({ lookBackMs: null, everyMs: 5, overlapMs: 0 })).toEqual({
      lookBackMs: 14 * 86_400_000,
      everyMs: 5,
      overlapMs: 0,
    });
    expect(readSettings("nonsense")).toEqual(readSettings(null));
  });
});
