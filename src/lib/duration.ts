/** `45s`, `15m`, `4h`, `14d` as people write them, and back. */
import { InputError } from "./input-error.ts";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

type Unit = keyof typeof UNITS;

export function parseDuration(text: string, path = "duration"): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim());
  if (!match)
    throw new InputError(path, `"${text}" is no duration; write a number and a unit, such as 30s, 15m, 4h, 14d`);
  return Math.round(Number(match[1]) * UNITS[match[2] as Unit]);
}

/** The two largest units that matter: `1h 12m`, `850ms`, `3d`. */
export function printDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)}ms`;
  const parts: string[] = [];
  let rest = Math.round(milliseconds / 1_000) * 1_000;
  for (const unit of ["d", "h", "m", "s"] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}
