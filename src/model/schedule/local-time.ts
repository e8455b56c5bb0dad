/**
 * The clock on a wall somewhere, with the days on which it is turned.
 *
 * `instantOf` answers as Go's `time.Date` does, because a scheduler written in Go does: of an hour that comes twice it is
 * the first one west of Greenwich and the second one east of it, and an hour that is skipped lies after or before the gap.
 */

export interface WallClock {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** Sunday is 0. */
  readonly weekday: number;
}

export interface Zone {
  wallClockAt(instantMs: number): WallClock;
  /** Fields may lie outside their range: month 13 is January of the next year, as Go has it. */
  instantOf(year: number, month: number, day: number, hour: number): number;
}

// No clock on earth is turned at another moment than a full quarter of an hour.
const QUARTER_MS = 900_000;
const REMEMBERED_QUARTERS = 4_096;

const zones = new Map<string, Zone | null>();

/** Null for a name that no clock knows. */
export function zoneNamed(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = openZone(name);
  // Names come from outside: a source full of nonsense must not fill our memory.
  if (zones.size < 1_000) zones.set(name, zone);
  return zone;
}

function openZone(name: string): Zone | null {
  const offsetAt = offsetsOf(name);
  if (!offsetAt) return null;
  return {
    wallClockAt: (instantMs) => wallClockOf(instantMs + offsetAt(instantMs)),
    instantOf(year, month, day, hour) {
      const wallMs = Date.UTC(year, month - 1, day, hour);
      return wallMs - offsetAt(wallMs - offsetAt(wallMs));
    },
  };
}

function wallClockOf(wallMs: number): WallClock {
  const wall = new Date(wallMs);
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    weekday: wall.getUTCDay(),
  };
}

function offsetsOf(name: string): ((instantMs: number) => number) | null {
  if (name === "UTC" || name === "Etc/UTC") return () => 0;
  const format = formatIn(name);
  if (!format) return null;
  const known = new Map<number, number>();
  return (instantMs) => {
    const quarter = Math.floor(instantMs / QUARTER_MS);
    const offset = known.get(quarter) ?? offsetIn(format, quarter * QUARTER_MS);
    if (known.size >= REMEMBERED_QUARTERS) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
}

function offsetIn(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - instantMs;
}
