/** One list, in the form that was asked for. */
import type { Column } from "./table.ts";
import { printTable } from "./table.ts";

export const OUTPUTS = ["table", "wide", "json", "jsonl", "yaml", "name"] as const;
export type Output = (typeof OUTPUTS)[number];

export interface Listing<Row> {
  readonly columns: readonly Column<Row>[];
  /** What another command would take to mean this row. */
  name(row: Row): string;
}

export async function printList<Row>(
  output: Output,
  listing: Listing<Row>,
  rows: readonly Row[],
  width: number | null,
): Promise<string> {
  const narrow = listing.columns.filter(({ wide }) => !wide);
  // Only this form needs the package, and every other would wait for it.
  const yaml = output === "yaml" ? await import("yaml") : null;
  const print: Readonly<Record<Output, () => string>> = {
    table: () => printTable(narrow, rows, width),
    wide: () => printTable(listing.columns, rows, null),
    json: () => `${JSON.stringify(rows, null, 2)}\n`,
    jsonl: () => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    yaml: () => yaml?.stringify(rows) ?? "",
    name: () => rows.map((row) => `${listing.name(row)}\n`).join(""),
  };
  return print[output]();
}
