/**
 * The schedules of CronJobs, computed as their controller does: robfig/cron 3 in its standard form.
 *
 * What differs from a crontab: `?` is `*`; Sunday is 0 and never 7; day of month and day of week both restricted means
 * either, and `*\/2` counts as restricted; `N/s` runs from N to the end; a time that is skipped when clocks go forward
 * is not made up for, and one in the hour that comes twice runs twice only if its hour is listed as `*`.
 */
import { type Zone, zoneNamed } from "./local-time.ts";

export interface KubernetesSchedule {
  readonly expression: string;
  /** Null where neither the schedule nor its owner names one: then it is that of the controller's own process. */
  readonly timezone: string | null;
  /** The first moment after `after`; null when there is none within five years. */
  next(after: Date): Date | null;
}

export interface Unreadable {
  /** The controller's own words, as far as we share them. */
  readonly problem: string;
}

export interface ScheduleContext {
  /** `spec.timeZone`. */
  readonly timeZone?: string | null;
  /** Where a zone is missing: that of the controller's process, usually UTC. */
  readonly defaultTimeZone?: string;
  /** When `@every` began to count: the last time it was scheduled, or else its creation. */
  readonly anchor?: Date | null;
}

export function readKubernetesSchedule(
  expression: string,
  context: ScheduleContext = {},
): KubernetesSchedule | Unreadable {
  const { zoneName, rest } = splitZone(expression);
  const timezone = zoneName ?? (context.timeZone || null);
  const zone = zoneNamed(timezone ?? context.defaultTimeZone ?? "UTC");
  if (!zone) return { problem: `unknown time zone ${timezone}` };
  const every = /^@every (.*)$/s.exec(rest)?.[1];
  if (every !== undefined) return everySchedule(expression, timezone, every, context.anchor ?? null);
  const fields = readFields(rest);
  if ("problem" in fields) return fields;
  return { expression, timezone, next: (after) => nextMatch(fields, zone, after) };
}

/** `TZ=` inside a schedule was never meant to work, is refused on creation since 1.29, and lives on in old objects. */
function splitZone(expression: string): { readonly zoneName: string | null; readonly rest: string } {
  const found = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/s.exec(expression);
  return found ? { zoneName: found[1] || "UTC", rest: found[2]?.trim() ?? "" } : { zoneName: null, rest: expression };
}

interface Fields {
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
}

interface Field {
  readonly values: ReadonlySet<number>;
  /** Written as a star or a question mark, without a step. */
  readonly star: boolean;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const BOUNDS = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: WEEKDAYS },
] as const satisfies Bounds[];

const MACROS: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

class Mistake extends Error {}

function readFields(text: string): Fields | Unreadable {
  if (text.startsWith("@") && !MACROS.has(text)) return { problem: `unrecognized descriptor: ${text}` };
  const words = (MACROS.get(text) ?? text).split(/\s+/).filter(Boolean);
  if (words.length !== 5) return { problem: `expected exactly 5 fields, found ${words.length}: ${text}` };
  try {
    const [minute, hour, day, month, weekday] = words.map((word, at) => readField(word, BOUNDS[at] as Bounds));
    return { minute, hour, day, month, weekday } as Fields;
  } catch (error) {
    if (error instanceof Mistake) return { problem: error.message };
    throw error;
  }
}

function readField(text: string, bounds: Bounds): Field {
  const ranges = text
    .split(",")
    .filter(Boolean)
    .map((range) => readRange(range, bounds));
  return { values: new Set(ranges.flatMap(({ values }) => values)), star: ranges.some(({ star }) => star) };
}

function readRange(text: string, bounds: Bounds): { readonly values: number[]; readonly star: boolean } {
  const [range = "", stepText, ...moreSteps] = text.split("/");
  const [low = "", high, ...moreHighs] = range.split("-");
  if (moreSteps.length > 0) throw new Mistake(`too many slashes: ${text}`);
  const every = low === "*" || low === "?";
  if (!every && moreHighs.length > 0) throw new Mistake(`too many hyphens: ${text}`);
  const step = stepText === undefined ? 1 : readNumber(stepText);
  const start = every ? bounds.min : readNumber(low, bounds.names);
  const end = every || (high === undefined && stepText !== undefined) ? bounds.max : endOf(start, high, bounds);
  check(text, bounds, { start, end, step });
  const values: number[] = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return { values, star: every && step === 1 };
}

function endOf(start: number, high: string | undefined, { names }: Bounds): number {
  return high === undefined ? start : readNumber(high, names);
}

function check(text: string, { min, max }: Bounds, range: Readonly<Record<"start" | "end" | "step", number>>): void {
  const { start, end, step } = range;
  if (start < min) throw new Mistake(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) throw new Mistake(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) throw new Mistake(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new Mistake(`step of range should be a positive number: ${text}`);
}

function readNumber(text: string, names: readonly string[] = []): number {
  const named = text === "" ? -1 : names.indexOf(text.toLowerCase());
  if (named >= 0) return named;
  // Go's `Atoi` takes a sign.
  if (!/^[+-]?\d{1,18}$/.test(text)) throw new Mistake(`failed to parse int from ${text}`);
  const number = Number(text);
  if (number < 0) throw new Mistake(`negative number (${number}) not allowed: ${text}`);
  return number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEARS_AHEAD = 5;

/** Step for step the library's own loop, for its answers on the days when clocks are turned are part of the dialect. */
function nextMatch(fields: Fields, zone: Zone, after: Date): Date | null {
  // It looks for the next whole second, and every match begins a minute.
  let at = Math.floor(after.getTime() / 1_000) * 1_000 + 1_000;
  let begun = false;
  const lastYear = zone.wallClockAt(at).year + YEARS_AHEAD;
  const begin = (fresh: number) => {
    if (!begun) at = fresh;
    begun = true;
  };

  wrap: for (;;) {
    let wall = zone.wallClockAt(at);
    if (wall.year > lastYear) return null;

    while (!fields.month.values.has(wall.month)) {
      begin(zone.instantOf(wall.year, wall.month, 1, 0));
      at = addDate(zone, at, { months: 1, days: 0 });
      wall = zone.wallClockAt(at);
      if (wall.month === 1) continue wrap;
    }
    while (!matchesDay(fields, wall.day, wall.weekday)) {
      begin(zone.instantOf(wall.year, wall.month, wall.day, 0));
      at = midnightNear(zone, addDate(zone, at, { months: 0, days: 1 }));
      wall = zone.wallClockAt(at);
      if (wall.day === 1) continue wrap;
    }
    while (!fields.hour.values.has(wall.hour)) {
      begin(zone.instantOf(wall.year, wall.month, wall.day, wall.hour));
      at += HOUR_MS;
      wall = zone.wallClockAt(at);
      if (wall.hour === 0) continue wrap;
    }
    while (!fields.minute.values.has(wall.minute)) {
      begin(Math.floor(at / MINUTE_MS) * MINUTE_MS);
      at += MINUTE_MS;
      wall = zone.wallClockAt(at);
      if (wall.minute === 0) continue wrap;
    }
    const second = Math.floor(at / 1_000) % 60;
    if (second === 0) return new Date(at);
    begun = true;
    at += (60 - second) * 1_000;
  }
}

function matchesDay({ day, weekday }: Fields, ofMonth: number, ofWeek: number): boolean {
  const [byMonth, byWeek] = [day.values.has(ofMonth), weekday.values.has(ofWeek)];
  return day.star || weekday.star ? byMonth && byWeek : byMonth || byWeek;
}

function addDate(zone: Zone, at: number, { months, days }: { readonly months: number; readonly days: number }): number {
  const { year, month, day, hour, minute } = zone.wallClockAt(at);
  return zone.instantOf(year, month + months, day + days, hour) + minute * MINUTE_MS;
}

/** A day that begins at one o'clock, or at eleven the night before, because its midnight was skipped or came twice. */
function midnightNear(zone: Zone, at: number): number {
  const { hour } = zone.wallClockAt(at);
  if (hour === 0) return at;
  return hour > 12 ? at + (24 - hour) * HOUR_MS : at - hour * HOUR_MS;
}

function everySchedule(
  expression: string,
  timezone: string | null,
  text: string,
  anchor: Date | null,
): KubernetesSchedule | Unreadable {
  const parsedMs = parseDuration(text);
  if (parsedMs === null) return { problem: `failed to parse duration ${expression}` };
  const everyMs = Math.max(1_000, Math.floor(parsedMs / 1_000) * 1_000);
  return {
    expression,
    timezone,
    next(after) {
      if (!anchor) return null;
      const steps = Math.floor((after.getTime() - anchor.getTime()) / everyMs) + 1;
      return new Date(anchor.getTime() + Math.max(1, steps) * everyMs);
    },
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: MINUTE_MS,
  h: HOUR_MS,
};

/** Go's durations: `1h30m`, `1.5h`, `90s`. */
function parseDuration(text: string): number | null {
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === "0") return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return null;
  const parts = body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g);
  const sum = [...parts].reduce((total, [, count, unit]) => total + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
  return sign === "-" ? -sum : sum;
}
