/** The start of a row that was refused, for the person who looks into it: bounded, and without what looks like a secret. Pure. */

const SAMPLE_LENGTH = 2_000;
const TEXT_LENGTH = 200;
const KEYS = 40;
const DEPTH = 4;

const SECRET_KEY = /pass|secret|token|credential|authoriz|cookie|api.?key|private/i;

export function sampleOf(row: unknown): string {
  return (JSON.stringify(shrink(row, "", 0)) ?? "").slice(0, SAMPLE_LENGTH);
}

function shrink(value: unknown, key: string, depth: number): unknown {
  if (SECRET_KEY.test(key)) return "[redacted]";
  if (typeof value === "string") return value.length > TEXT_LENGTH ? `${value.slice(0, TEXT_LENGTH)}…` : value;
  if (typeof value === "bigint") return `${value}`;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no time" : value;
  if (depth >= DEPTH) return "…";
  if (Array.isArray(value)) return value.slice(0, KEYS).map((item) => shrink(item, "", depth + 1));
  const entries = Object.entries(value).slice(0, KEYS);
  return Object.fromEntries(
    entries.map(([name, child]) => [name.slice(0, TEXT_LENGTH), shrink(child, name, depth + 1)]),
  );
}
