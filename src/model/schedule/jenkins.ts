/**
 * When Jenkins will start a job by its schedule.
 *
 * Once a minute of real time Jenkins asks of each line whether the local clock matches it, and so do we: a local time
 * that a clock change skips never comes, one that it repeats comes twice. There is no catching up across a restart.
 */
import { type JenkinsSpec, type JenkinsTable, readJenkinsSpec } from "./jenkins-spec.ts";
import { type Zone, zoneOf } from "./zone.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** February 29 on a chosen weekday comes every 28 years, and once after 40. What comes later comes never. */
const FARTHEST_MS = 41 * 366 * DAY_MS;

export interface JenkinsSchedule {
  /** The first moments after `after`, oldest first; fewer where no more will come. */
  next(after: Date, count: number): Date[];
}

/** `timezone` is the controller's, for a text that names none. Throws `SpecError`. */
export function jenkinsSchedule(text: string, fullName: string, timezone: string): JenkinsSchedule {
  const spec = readJenkinsSpec(text, fullName);
  const zone = zoneOf(spec.timezone ?? timezone);
  return {
    next(after, count) {
      const moments: Date[] = [];
      let from = after;
      while (moments.length < count) {
        const moment = nextOf(spec, zone, from);
        if (moment === null) break;
        moments.push(moment);
        from = moment;
      }
      return moments;
    },
  };
}

/** Two lines that match the same minute start the job once. */
function nextOf({ tables }: JenkinsSpec, zone: Zone, after: Date): Date | null {
  const moments = tables.flatMap((table) => nextOfTable(table, zone, after.getTime()) ?? []);
  return moments.length === 0 ? null : new Date(Math.min(...moments));
}

function nextOfTable(table: JenkinsTable, zone: Zone, afterMs: number): number | null {
  if (!hasItsDay(table)) return null;
  let at = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
  const end = at + FARTHEST_MS;
  while (at < end) {
    const localMs = at + zone.offsetMs(at);
    const local = new Date(localMs);
    const unit = mismatch(table, local);
    if (unit === null) return at;
    const leap = at + (unit - mod(localMs, unit));
    // Across a clock change a leap would land beside its target, so those hours are walked minute by minute.
    at = zone.offsetMs(leap) === zone.offsetMs(at) ? leap : at + MINUTE_MS;
  }
  return null;
}

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** "31st of February" is a text Jenkins takes, and nothing to look forty years for. */
function hasItsDay({ months, daysOfMonth }: JenkinsTable): boolean {
  const earliest = Math.min(...daysOfMonth);
  return [...months].some((month) => earliest <= (LONGEST_MONTHS[month - 1] ?? 0));
}

/** The largest unit that can be left out as a whole; null when all five fields match. */
function mismatch(table: JenkinsTable, local: Date): number | null {
  const day =
    table.months.has(local.getUTCMonth() + 1) &&
    table.daysOfMonth.has(local.getUTCDate()) &&
    table.daysOfWeek.has(local.getUTCDay());
  if (!day) return DAY_MS;
  if (!table.hours.has(local.getUTCHours())) return HOUR_MS;
  return table.minutes.has(local.getUTCMinutes()) ? null : MINUTE_MS;
}

function mod(value: number, unit: number): number {
  return ((value % unit) + unit) % unit;
}
