/**
 * A moment on its way out. JSON writes a timestamp without zone as `2026-01-01T00:00:00.12`, dropping zeros: many times
 * cheaper than to_char, and what is missing is put back here.
 */

/** The column as UTC, whatever the session's time zone. */
export function utc(column: string): string {
  return `${column} at time zone 'UTC'`;
}

const TO_THE_SECOND = "2026-01-01T00:00:00".length;

/** `2026-01-01T00:00:00.000Z`; what is finer than a millisecond is cut, not rounded, so that nothing moves to the future. */
export function toIso<T extends string | null>(moment: T): T {
  if (moment === null) return moment;
  if (moment.length === TO_THE_SECOND) return `${moment}.000Z` as T;
  return (`${moment}000`.slice(0, TO_THE_SECOND + 4) + "Z") as T;
}

/** With all the digits the database has: a page that begins at a cut moment would skip its neighbours. */
export function toExactIso(moment: string): string {
  return moment.length <= TO_THE_SECOND + 4 ? toIso(moment) : `${moment}Z`;
}
