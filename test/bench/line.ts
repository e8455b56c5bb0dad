/** What a bench says: one line a question, for people or for programs. */
export interface Line {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** Another program that answers the same question on the same machine. */
  readonly peer?: number;
  /** The least that anybody could spend on it. */
  readonly floor?: number;
  readonly ratio_to_peer?: number;
  readonly ratio_to_floor?: number;
  /** What issue 2 asks for, and whether it was reached. */
  readonly target: string;
  readonly reached: boolean;
  readonly notes?: Readonly<Record<string, number | string>>;
}

export function print(line: Line, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(line)}\n` : forPeople(line));
}

function forPeople({
  name,
  unit,
  ours,
  peer,
  floor,
  ratio_to_peer,
  ratio_to_floor,
  target,
  reached,
  notes,
}: Line): string {
  const cells = [
    name.padEnd(34),
    `${shown(ours)} ${unit}`.padEnd(22),
    peer === undefined ? "" : `peer ${shown(peer)} (×${shown(ratio_to_peer)})`,
    floor === undefined ? "" : `floor ${shown(floor)} (×${shown(ratio_to_floor)})`,
    `${reached ? "reached" : "MISSED"}: ${target}`,
    ...Object.entries(notes ?? {}).map(([note, value]) => `${note} ${shown(value)}`),
  ];
  return `${cells.filter((cell) => cell !== "").join("  ")}\n`;
}

function shown(value: number | string | undefined): string {
  if (typeof value !== "number") return value ?? "";
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 100) / 100);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
