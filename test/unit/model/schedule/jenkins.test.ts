import { describe, expect, it } from "vitest";
import { javaRandom } from "../../../../src/model/schedule/java-random.ts";
import { jenkinsSchedule } from "../../../../src/model/schedule/jenkins.ts";
import { type JenkinsTable, readJenkinsSpec, SpecError } from "../../../../src/model/schedule/jenkins-spec.ts";

const values = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);
const only = (table: JenkinsTable | undefined, ...fields: readonly (keyof JenkinsTable)[]) =>
  fields.map((field) => (table ? values(table[field]).join() : "none")).join(" ");
const table = (text: string, name = "hello") => readJenkinsSpec(text, name).tables[0];
const refusal = (text: string) => {
  try {
    readJenkinsSpec(text, "hello");
    return "accepted";
  } catch (error) {
    return error instanceof SpecError ? error.message : `a bug: ${String(error)}`;
  }
};

/** Made with a JVM, from the class that Jenkins itself uses. */
const VECTORS = [
  ["hello", "48 16", 3, "48 1", "48 16 10 10", "48 16 2"],
  ["a", "37 5", 7, "37 2", "37 5 5 3", "37 5 4"],
  ["team/etl/nightly", "12 22", 12, "12 1", "12 22 5 12", "12 22 4"],
  ["org/repo/feature%2Fx", "18 4", 3, "18 1", "18 4 9 3", "18 4 1"],
  ["Zażółć", "57 18", 12, "57 0", "57 18 24 3", "57 18 2"],
] as const;

describe("H", () => {
  it.each(VECTORS)("falls for %s where the JVM lets it fall", (name, daily, quarter, midnight, yearly, weekly) => {
    expect(only(table("@daily", name), "minutes", "hours")).toBe(daily);
    expect(values(table("H/15 * * * *", name)?.minutes ?? new Set())[0]).toBe(quarter);
    expect(only(table("@midnight", name), "minutes", "hours")).toBe(midnight);
    expect(only(table("@yearly", name), "minutes", "hours", "daysOfMonth", "months")).toBe(yearly);
    expect(only(table("@annually", name), "minutes", "hours", "daysOfMonth", "months")).toBe(yearly);
    expect(only(table("@weekly", name), "minutes", "hours", "daysOfWeek")).toBe(weekly);
  });

  it("draws on through all lines of a text", () => {
    const [first, second, third] = readJenkinsSpec("H * * * *\nH H * * *\nH/15 * * * *", "hello").tables;
    // Made with a JVM: nextInt(60), nextInt(60), nextInt(24), nextInt(15).
    expect(only(first, "minutes")).toBe("48");
    expect(only(second, "minutes", "hours")).toBe("16 5");
    expect(values(third?.minutes ?? new Set())[0]).toBe(0);
    expect(readJenkinsSpec("# a remark\n\nH * * * *", "hello").tables).toEqual([first]);
  });

  it("keeps to days that every month has", () => {
    for (let at = 0; at < 300; at += 1) {
      const drawn = table("H H H H H", `job_${at}`);
      expect(Math.max(...(drawn?.daysOfMonth ?? []))).toBeLessThanOrEqual(28);
      expect(Math.max(...(drawn?.daysOfWeek ?? []))).toBeLessThanOrEqual(6);
    }
  });

  it("keeps to its range, and strides in it", () => {
    const [minute] = values(table("H(10-19) * * * *")?.minutes ?? new Set());
    expect(minute).toBeGreaterThanOrEqual(10);
    expect(minute).toBeLessThanOrEqual(19);
    const minutes = values(table("H(30-59)/10 * * * *")?.minutes ?? new Set());
    expect(minutes).toHaveLength(3);
    expect(minutes.map((each) => each % 10)).toEqual(Array(3).fill((minutes[0] ?? 0) % 10));
  });
});

describe("javaRandom", () => {
  it("takes the high bits for a power of two", () => {
    const random = javaRandom(42n);
    // new Random(42): nextInt(10) twice, nextInt(16) once.
    expect([random.next(10), random.next(10), random.next(16)]).toEqual([0, 3, 10]);
  });
});

describe("a text Jenkins would not take", () => {
  it.each([
    ["* * * *", "4 fields instead of 5"],
    ["0 0 * * MON", `"MON" is no day of week`],
    ["5/10 * * * *", `"5/10" is no minute`],
    ["60 * * * *", "minute: 60 is not between 0 and 59"],
    ["0 0 0 * *", "day of month: 0 is not between 1 and 31"],
    ["0 0 * 13 *", "month: 13 is not between 1 and 12"],
    ["0 0 * * 8", "day of week: 8 is not between 0 and 7"],
    ["30-10 * * * *", "minute: 30-10 ends before it begins"],
    ["*/0 * * * *", "minute: a step must be 1 or more"],
    ["H/61 * * * *", "a step of 61 does not fit into 0-59"],
    ["@reboot", "no such alias"],
    ["TZ=Mars/Olympus\n0 0 * * *", `"Mars/Olympus" is no time zone`],
    ["0 0 * * *\nTZ=Europe/Zurich", "line 2"],
    ["0  0 ? * *", `"?" is no day of month`],
  ])("%j is refused with its reason", (text, reason) => {
    expect(refusal(text)).toContain(reason);
  });
});

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(0, 16));
const next = (text: string, after: string, count = 3, zone = "UTC") =>
  iso(jenkinsSchedule(text, "hello", zone).next(new Date(after), count));

describe("the next runs", () => {
  it("want the day of the month and the day of the week", () => {
    // Every other cron would run on each 13th and on each Friday.
    expect(next("0 9 13 * 5", "2026-01-01T00:00:00Z")).toEqual([
      "2026-02-13T09:00",
      "2026-03-13T09:00",
      "2026-11-13T09:00",
    ]);
  });

  it("take 7 for Sunday", () => {
    expect(next("0 0 * * 7", "2026-11-21T00:00:00Z", 2)).toEqual(next("0 0 * * 0", "2026-11-21T00:00:00Z", 2));
    expect(next("0 0 * * 5-7", "2026-11-21T00:00:00Z", 2)).toEqual(["2026-11-22T00:00", "2026-11-27T00:00"]);
  });

  it("are read in the zone of the first line, else in the controller's", () => {
    expect(next("TZ=Asia/Tokyo\n0 9 * * *", "2026-11-21T00:00:00Z", 1, "UTC")).toEqual(["2026-11-22T00:00"]);
    expect(next("0 9 * * *", "2026-11-21T00:00:00Z", 1, "Asia/Tokyo")).toEqual(["2026-11-22T00:00"]);
    expect(next("0 9 * * *", "2026-11-20T23:59:59Z", 1, "Asia/Tokyo")).toEqual(["2026-11-21T00:00"]);
  });

  it("leave out what a clock skips in spring", () => {
    expect(next("30 2 * * *", "2026-03-28T12:00:00Z", 2, "Europe/Zurich")).toEqual([
      "2026-03-30T00:30",
      "2026-03-31T00:30",
    ]);
    expect(next("0 3 * * *", "2026-03-28T12:00:00Z", 1, "Europe/Zurich")).toEqual(["2026-03-29T01:00"]);
  });

  it("come twice when a clock goes back", () => {
    expect(next("30 2 * * *", "2026-10-24T12:00:00Z", 3, "Europe/Zurich")).toEqual([
      "2026-10-25T00:30",
      "2026-10-25T01:30",
      "2026-10-26T01:30",
    ]);
  });

  it("find a half hour's change, and a midnight that is skipped", () => {
    expect(next("15 2 * * *", "2026-10-03T12:00:00Z", 1, "Australia/Lord_Howe")).toEqual(["2026-10-04T15:15"]);
    // Cairo changes at midnight: the day begins at one.
    expect(next("30 0 * * *", "2026-04-23T12:00:00Z", 1, "Africa/Cairo")).toEqual(["2026-04-24T21:30"]);
  });

  it("agree with a walk minute by minute over two clock changes", () => {
    const zone = "America/New_York";
    const wall = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    for (const from of ["2026-03-07T20:00:00Z", "2026-10-31T20:00:00Z"]) {
      const start = Date.parse(from);
      const walked = Array.from({ length: 36 * 60 }, (_, at) => new Date(start + (at + 1) * 60_000)).filter((moment) =>
        /^0[123]:(?:00|20|40)$/.test(wall.format(moment)),
      );
      expect(next("*/20 1-3 * * *", from, walked.length, zone)).toEqual(iso(walked));
    }
  });

  it("find the rare, and end where none will come", () => {
    expect(next("0 0 29 2 *", "2026-01-01T00:00:00Z", 1)).toEqual(["2028-02-29T00:00"]);
    expect(next("0 0 29 2 1", "2026-01-01T00:00:00Z", 1)).toEqual(["2044-02-29T00:00"]);
    expect(next("0 0 31 2 *", "2026-01-01T00:00:00Z", 1, "Europe/Zurich")).toEqual([]);
    expect(next("# nothing", "2026-01-01T00:00:00Z", 1)).toEqual([]);
  });

  it("are told once where two lines meet", () => {
    expect(next("0 6 * * *\n0 6 * * 1-5\n30 6 * * *", "2026-11-23T00:00:00Z", 3)).toEqual([
      "2026-11-23T06:00",
      "2026-11-23T06:30",
      "2026-11-24T06:00",
    ]);
  });
});
