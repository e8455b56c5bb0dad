/** Times as one reads them in a table: how long ago, how long from now. */

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** `12s`, `5m`, `3h`, `4d`: the largest unit of which there are at least two, so that 90 minutes is not "1h". */
export function printAge(milliseconds: number): string {
  const span = Math.abs(milliseconds);
  const [unit, size] = UNITS.find(([name, size]) => span >= (name === "s" ? size : 2 * size)) ?? ["s", 1_000];
  return `${Math.floor(span / size)}${unit}`;
}

/** `5m` ago, or `in 5m`; `-` for never. */
export function printMoment(moment: string | null | undefined, now: Date): string {
  if (moment === null || moment === undefined) return "-";
  const age = now.getTime() - Date.parse(moment);
  return age < 0 ? `in ${printAge(age)}` : printAge(age);
}
