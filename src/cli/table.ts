/** Columns as kubectl prints them: no borders, so that grep and awk can read them too. */

export interface Column<Row> {
  readonly title: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
  cell(row: Row): string;
}

const GAP = "   ";

/** `width` cuts each line, for a screen; null leaves them whole, for a program. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number | null): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((column) => plain(column.cell(row)))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => lengthOf(line[at] ?? ""))));
  return cells
    .map((line) =>
      line
        .map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - lengthOf(cell)))
        .join(GAP)
        .trimEnd(),
    )
    .map((line) => (width === null ? line : cut(line, width)))
    .map((line) => `${line}\n`)
    .join("");
}

/** What a tool says may hold line breaks, or escapes that would drive the terminal. */
function plain(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  // oxlint-disable-next-line no-control-regex
  const visible = line.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\u00b7");
  return visible === "" ? "-" : visible;
}

function lengthOf(text: string): number {
  return [...text].length;
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join("")}…`;
}
