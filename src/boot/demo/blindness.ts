/** When the doors of a source that goes blind are shut: a little over a minute of every twelve, never at the start. */

const EVERY_MS = 12 * 60_000;
const FOR_MS = 75_000;
const FIRST_AFTER_MS = 4 * 60_000;

export function isBlind(sinceStartMs: number): boolean {
  const sinceFirst = sinceStartMs - FIRST_AFTER_MS;
  return sinceFirst >= 0 && sinceFirst % EVERY_MS < FOR_MS;
}
