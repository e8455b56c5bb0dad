/**
 * What a Jenkins schedule says, one table a line. Its own little language: five fields, `H`, both days must match.
 *
 * One generator runs through all lines in the order in which they are read, so a line that is added above another one
 * moves that one's `H` as well.
 */
import { type JavaRandom, javaRandom, jenkinsSeed } from "./java-random.ts";

export interface JenkinsSpec {
  /** What its first line says; null means the controller's own zone. */
  readonly timezone: string | null;
  readonly tables: readonly JenkinsTable[];
}

/** The values at which each field matches. */
export interface JenkinsTable {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday; 7 was made one. */
  readonly daysOfWeek: ReadonlySet<number>;
}

/** Why Jenkins would not take the text, in words for the person who wrote it. */
export class SpecError extends Error {}

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** `H` keeps to days that every month has, and to one of the two Sundays. */
  readonly highOfHash: number;
}

const FIELDS: readonly Field[] = [
  { name: "minute", low: 0, high: 59, highOfHash: 59 },
  { name: "hour", low: 0, high: 23, highOfHash: 23 },
  { name: "day of month", low: 1, high: 31, highOfHash: 28 },
  { name: "month", low: 1, high: 12, highOfHash: 12 },
  { name: "day of week", low: 0, high: 7, highOfHash: 6 },
];

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["@yearly", "H H H H *"],
  ["@annually", "H H H H *"],
  ["@monthly", "H H H * *"],
  ["@weekly", "H H * * H"],
  ["@daily", "H H * * *"],
  ["@midnight", "H H(0-2) * * *"],
  ["@hourly", "H * * * *"],
]);

/** `fullName` is the job's, folders included: it decides where every `H` falls. */
export function readJenkinsSpec(text: string, fullName: string): JenkinsSpec {
  const random = javaRandom(jenkinsSeed(fullName));
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const timezone = lines[0]?.startsWith("TZ=") ? lines[0].replaceAll("TZ=", "") : null;
  if (timezone !== null && !isTimezone(timezone)) throw new SpecError(`"${timezone}" is no time zone`);
  const tables = lines.flatMap((line, at) => {
    const says = !(at === 0 && timezone !== null) && line !== "" && !line.startsWith("#");
    return says ? [readLine(line, at + 1, random)] : [];
  });
  return { timezone, tables };
}

export function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function readLine(line: string, lineNumber: number, random: JavaRandom): JenkinsTable {
  try {
    return readTable(ALIASES.get(line) ?? line, random);
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(`line ${lineNumber}, "${line}": ${error.message}`);
    throw error;
  }
}

function readTable(line: string, random: JavaRandom): JenkinsTable {
  if (line.startsWith("@")) throw new SpecError(`no such alias; there are ${[...ALIASES.keys()].join(", ")}`);
  const parts = line.split(/[ \t]+/);
  if (parts.length !== FIELDS.length) throw new SpecError(`${parts.length} fields instead of 5`);
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = FIELDS.map((field, at) =>
    readField(parts[at] ?? "", field, random),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (daysOfWeek.delete(7)) daysOfWeek.add(0);
  return { minutes, hours, daysOfMonth, months, daysOfWeek };
}

function readField(text: string, field: Field, random: JavaRandom): Set<number> {
  return new Set(text.split(",").flatMap((term) => readTerm(term, field, random)));
}

const TERM =
  /^(?:(?<all>\*)|(?<hash>H)(?:\((?<hashLow>\d+)-(?<hashHigh>\d+)\))?|(?<low>\d+)(?:-(?<high>\d+))?)(?:\/(?<step>\d+))?$/;

function readTerm(term: string, field: Field, random: JavaRandom): number[] {
  const { all, hash, hashLow, hashHigh, low, high, step } = TERM.exec(term)?.groups ?? {};
  const single = low !== undefined && high === undefined;
  // `5/10` means something in other crons; Jenkins wants `5-59/10`, and no names of days or months at all.
  if ((!all && !hash && low === undefined) || (single && step !== undefined))
    throw new SpecError(`"${term}" is no ${field.name}`);
  if (hash) return spread(Number(hashLow ?? field.low), Number(hashHigh ?? field.highOfHash), step, field, random);
  const from = all ? field.low : Number(low);
  return range(from, all ? field.high : Number(high ?? low), positive(step, field), field);
}

function range(low: number, high: number, step: number, field: Field): number[] {
  for (const value of [low, high]) checkBounds(value, field);
  if (low > high) throw new SpecError(`${field.name}: ${low}-${high} ends before it begins`);
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, at) => low + at * step);
}

/** `H` picks one value, `H/n` where a stride begins. `H/1` is the same as `H`, in Jenkins too. */
function spread(low: number, high: number, step: string | undefined, field: Field, random: JavaRandom): number[] {
  for (const value of [low, high]) checkBounds(value, field);
  const stride = positive(step, field);
  const width = high - low + 1;
  if (stride > width) throw new SpecError(`${field.name}: a step of ${stride} does not fit into ${low}-${high}`);
  if (stride === 1) return [low + random.next(width)];
  return range(low + random.next(stride), high, stride, field);
}

function positive(step: string | undefined, field: Field): number {
  if (step !== undefined && Number(step) <= 0) throw new SpecError(`${field.name}: a step must be 1 or more`);
  return step === undefined ? 1 : Number(step);
}

function checkBounds(value: number, { name, low, high }: Field): void {
  if (value < low || value > high) throw new SpecError(`${name}: ${value} is not between ${low} and ${high}`);
}
