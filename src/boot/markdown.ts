/** A table as Markdown. A `|` inside a cell would end it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  return lines.map((row) => `| ${row.join(" | ")} |\n`).join("");
}
