/**
 * Airflow's schedules. It alone can compute them (time zones, timetables, catch-up), so the expression is kept as it
 * writes it, the next moment is the one it tells, and a text is given only where it cannot be wrong.
 */
import type { Schedule } from "../../src/model/schedule.ts";
import type { AirflowDag } from "./rows.ts";
import { toDate } from "./time.ts";

/** 3.x writes them for "no schedule of its own". `Asset` is one: it runs when data arrives. */
const NO_SCHEDULE = new Set(["", "None", "null"]);

const TEXTS: Readonly<Record<string, string>> = {
  "@once": "once",
  "@continuous": "again as soon as it has ended",
  "@hourly": "every hour",
  "@daily": "every day at midnight",
  "@weekly": "every week, on Sunday at midnight",
  "@monthly": "every month, on the 1st at midnight",
  "@quarterly": "every quarter, on the 1st at midnight",
  "@yearly": "every year, on January 1 at midnight",
  Asset: "when its assets are updated",
  Dataset: "when its datasets are updated",
};

export function toSchedule(dag: AirflowDag): Schedule | null {
  const expression = expressionOf(dag);
  if (expression === null || NO_SCHEDULE.has(expression)) return null;
  return {
    expression,
    dialect: "native",
    // Only `/details` tells the zone, at a call for each DAG.
    timezone: null,
    text: TEXTS[expression] ?? null,
    nextAt: toDate(dag.next_dagrun_run_after ?? dag.next_dagrun_create_after),
  };
}

function expressionOf(dag: AirflowDag): string | null {
  if (typeof dag.timetable_summary === "string") return dag.timetable_summary.trim();
  const interval = dag.schedule_interval;
  if (typeof interval === "string") return interval.trim();
  if (typeof interval === "object" && interval !== null) return printInterval(interval as Interval);
  // A custom timetable of 2.x: null, and a moment it will run at nevertheless.
  return dag.next_dagrun_create_after ? (dag.timetable_description ?? null) : null;
}

/** The three shapes of 2.x, told apart by `__type`. */
interface Interval {
  readonly [field: string]: unknown;
}

const DATE_UNITS = { years: "Y", months: "M", days: "D" } as const;
const TIME_UNITS = { hours: "H", minutes: "M", seconds: "S" } as const;

/** A RelativeDelta may pin fields ("on the 3rd, at 09:00"); a duration alone would be a lie then. */
const PINNED = ["year", "month", "day", "hour", "minute", "second", "microsecond"];

function printInterval(interval: Interval): string {
  if (typeof interval["value"] === "string") return interval["value"].trim();
  const pinned = PINNED.filter((field) => typeof interval[field] === "number");
  const duration = printDelta(interval);
  if (duration === null || pinned.length > 0 || number(interval["leapdays"]) !== 0) return JSON.stringify(interval);
  return duration;
}

function printDelta(interval: Interval): string | null {
  const days = number(interval["days"]);
  const seconds = number(interval["seconds"]) + number(interval["microseconds"]) / 1_000_000;
  const date = printUnits({ ...interval, days }, DATE_UNITS);
  const time = printUnits(isTimeDelta(interval) ? clockOf(seconds) : { ...interval, seconds }, TIME_UNITS);
  if (date === "" && time === "") return null;
  return time === "" ? `P${date}` : `P${date}T${time}`;
}

/** A TimeDelta counts everything below a day in seconds. */
function isTimeDelta(interval: Interval): boolean {
  return interval["__type"] === "TimeDelta";
}

function clockOf(seconds: number): Interval {
  return { hours: Math.floor(seconds / 3_600), minutes: Math.floor((seconds % 3_600) / 60), seconds: seconds % 60 };
}

function printUnits(values: Interval, units: Readonly<Record<string, string>>): string {
  return Object.entries(units)
    .map(([field, unit]) => [number(values[field]), unit] as const)
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join("");
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
