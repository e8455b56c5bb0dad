import { describe, expect, it } from "vitest";
import { toSchedule } from "../../../../adapters/airflow/schedule.ts";
import { dag } from "./rows.ts";

function relative(fields: object): object {
  const zero = { years: 0, months: 0, days: 0, leapdays: 0, hours: 0, minutes: 0, seconds: 0, microseconds: 0 };
  const free = { year: null, month: null, day: null, hour: null, minute: null, second: null, microsecond: null };
  return { __type: "RelativeDelta", ...zero, ...free, ...fields };
}

describe("the schedules of 2.x", () => {
  it.each([
    [{ __type: "CronExpression", value: "0 2 * * *" }, "0 2 * * *"],
    [{ __type: "CronExpression", value: "@daily" }, "@daily"],
    [{ __type: "CronExpression", value: "Dataset" }, "Dataset"],
    [{ __type: "TimeDelta", days: 0, seconds: 900, microseconds: 0 }, "PT15M"],
    [{ __type: "TimeDelta", days: 1, seconds: 3_661, microseconds: 500_000 }, "P1DT1H1M1.5S"],
    [{ __type: "TimeDelta", days: 7, seconds: 0, microseconds: 0 }, "P7D"],
    [relative({ months: 1 }), "P1M"],
    [relative({ years: 1, days: 2, hours: 3 }), "P1Y2DT3H"],
    ["@hourly", "@hourly"],
  ])("writes %j as %s", (schedule_interval, expression) => {
    expect(toSchedule(dag({ schedule_interval }))).toMatchObject({ expression, dialect: "native" });
  });

  it.each([
    relative({ months: 1, day: 3 }),
    relative({ days: 1, leapdays: 1 }),
    { __type: "Lunar", phase: "full" },
    { __type: "TimeDelta" },
  ])("keeps %j raw", (schedule_interval) => {
    expect(toSchedule(dag({ schedule_interval }))?.expression).toBe(JSON.stringify(schedule_interval));
  });

  it("has none where the DAG has none", () => {
    expect(
      toSchedule(dag({ schedule_interval: null, timetable_description: "Never, external triggers only" })),
    ).toBeNull();
  });

  it("knows a timetable of its own by its description", () => {
    const next_dagrun_create_after = "2026-01-02T00:00:00+00:00";
    const timetable_description = "Workdays of the ECB";
    expect(toSchedule(dag({ schedule_interval: null, timetable_description, next_dagrun_create_after }))).toEqual({
      expression: "Workdays of the ECB",
      dialect: "native",
      timezone: null,
      text: null,
      nextAt: new Date("2026-01-02T00:00:00Z"),
    });
  });
});

describe("the schedules of 3.x", () => {
  it.each([
    ["0 2 * * *", "0 2 * * *", null],
    ["@once", "@once", "once"],
    ["@daily", "@daily", "every day at midnight"],
    ["Asset", "Asset", "when its assets are updated"],
    ["EcbWorkdayTimetable", "EcbWorkdayTimetable", null],
    ["1 day, 0:00:00", "1 day, 0:00:00", null],
  ])("keeps %s", (timetable_summary, expression, text) => {
    expect(toSchedule(dag({ timetable_summary }))).toMatchObject({ expression, text, dialect: "native", nextAt: null });
  });

  it.each([null, "None", ""])("reads %j as no schedule", (timetable_summary) => {
    expect(toSchedule(dag({ timetable_summary }))).toBeNull();
  });

  it("takes the next moment from Airflow, and a bad one for none", () => {
    const next = (next_dagrun_run_after: string) =>
      toSchedule(dag({ timetable_summary: "0 2 * * *", next_dagrun_run_after }));
    expect(next("2026-11-22T02:00:00Z")?.nextAt).toEqual(new Date("2026-11-22T02:00:00Z"));
    expect(next("soon")?.nextAt).toBeNull();
  });
});
