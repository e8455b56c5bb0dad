/** What a clock on the wall of a time zone shows. */

export interface Zone {
  /** Milliseconds to add to an instant, so that the UTC fields of the sum are the local ones. */
  offsetMs(instantMs: number): number;
}

const QUARTER_MS = 15 * 60_000;
const REMEMBERED = 4_096;

export function zoneOf(timezone: string): Zone {
  if (/^(?:Etc\/)?(?:UTC|GMT)$/.test(timezone)) return { offsetMs: () => 0 };
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, number>();

  function ask(instantMs: number): number {
    const part = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
    return local - instantMs;
  }

  return {
    offsetMs(instantMs) {
      // Clocks change on a quarter of an hour everywhere, and asking the calendar is a thousand times slower.
      const quarter = Math.floor(instantMs / QUARTER_MS) * QUARTER_MS;
      const before = known.get(quarter);
      if (before !== undefined) return before;
      if (known.size >= REMEMBERED) known.clear();
      const offset = ask(quarter);
      known.set(quarter, offset);
      return offset;
    },
  };
}
