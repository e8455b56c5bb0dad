import { describe, expect, it } from "vitest";
import {
  cancelNote,
  keyOf,
  newRunId,
  retryNote,
  retryUnder,
  startNote,
  weCancelled,
} from "../../../../adapters/airflow/ours.ts";

const FIRST = { queued_at: "2026-11-21T03:00:00.123456Z", start_date: "2026-11-21T03:00:05Z", note: null };
const SECOND = { queued_at: "2026-11-21T04:00:00Z", start_date: "2026-11-21T04:00:01Z" };

describe("the id of a run of ours", () => {
  it("carries the key, and gives it back", () => {
    expect(newRunId("01JABC-7f")).toBe("tutti__01JABC-7f");
    expect(keyOf("tutti__01JABC-7f")).toBe("01JABC-7f");
    expect([keyOf("tutti__"), keyOf("manual__2026")]).toEqual([null, null]);
  });

  it.each(["with space", "a/b", "ü", "", "a..b", "x".repeat(250)])("refuses %j before it is sent", (key) => {
    expect(() => newRunId(key)).toThrow(expect.objectContaining({ fault: "malformed", uncertain: false }));
  });
});

describe("a line in the note", () => {
  it("says of this attempt that we cancelled it", () => {
    expect(weCancelled({ ...FIRST, note: cancelNote(FIRST, "too slow") })).toBe(true);
  });

  it("says nothing of an attempt after it", () => {
    expect(weCancelled({ ...SECOND, note: cancelNote(FIRST, "too slow") })).toBe(false);
  });

  it("names an attempt that never began as well", () => {
    const queued = { queued_at: null, start_date: null, note: null };
    const note = cancelNote(queued, "wrong date");
    expect(weCancelled({ ...queued, note })).toBe(true);
    expect(weCancelled({ ...SECOND, queued_at: null, note })).toBe(false);
  });

  it("is understood after 2.x became 3.x", () => {
    const note = cancelNote({ ...FIRST, queued_at: null }, "by the old one");
    expect(weCancelled({ ...FIRST, note })).toBe(true);
  });

  it("leaves what others wrote, and takes the place of its elder", () => {
    const noted = { ...FIRST, note: "see ticket 7\ncancelled via Tutti (attempt of none): once" };
    expect(cancelNote(noted, "two\nlines")).toBe(
      "cancelled via Tutti (attempt of 2026-11-21T03:00:00.123Z): two lines\nsee ticket 7",
    );
  });

  it("fits, and stands first, whatever else is there", () => {
    const note = cancelNote({ ...FIRST, note: "n".repeat(2_000) }, "r".repeat(2_000));
    expect(note).toHaveLength(1_000);
    expect(weCancelled({ ...FIRST, note })).toBe(true);
  });

  it("of somebody else is not ours", () => {
    expect(weCancelled({ ...FIRST, note: "somebody cancelled via Tutti" })).toBe(false);
    expect(weCancelled({ ...FIRST, note: "cancelled via Tuttifrutti" })).toBe(false);
  });

  it("tells whether a retry under a key took place", () => {
    const note = retryNote(FIRST, "key-1", "mended");
    expect(retryUnder(FIRST, "key-1")).toBe("unheard");
    expect(retryUnder({ ...FIRST, note }, "key-1")).toBe("announced");
    expect(retryUnder({ ...FIRST, note }, "key-2")).toBe("unheard");
    expect(retryUnder({ ...SECOND, note }, "key-1")).toBe("done");
  });

  it("of a retry keeps that of the cancel before it", () => {
    const cancelled = { ...FIRST, note: cancelNote(FIRST, "stop") };
    expect(weCancelled({ ...FIRST, note: retryNote(cancelled, "key-1", null) })).toBe(true);
  });

  it("says who asked for a start", () => {
    expect(startNote("kim: month end")).toBe("started via Tutti: kim: month end");
    expect(startNote(null)).toBe("started via Tutti");
  });
});
