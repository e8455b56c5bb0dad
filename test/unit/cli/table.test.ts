import { describe, expect, it } from "vitest";
import { printAge, printMoment } from "../../../src/cli/age.ts";
import { printTable } from "../../../src/cli/table.ts";

const columns = [
  { title: "NAME", cell: ({ name }: { name: string; note: string }) => name },
  { title: "NOTE", cell: ({ note }: { name: string; note: string }) => note },
];

describe("printTable", () => {
  it("aligns columns without borders or trailing blanks", () => {
    const rows = [
      { name: "a", note: "first" },
      { name: "longer-name", note: "" },
    ];
    expect(printTable(columns, rows, null)).toBe("NAME          NOTE\na             first\nlonger-name   -\n");
  });

  it("counts characters, not code units", () => {
    const rows = [
      { name: "𝄞𝄞", note: "x" },
      { name: "ab", note: "y" },
    ];
    expect(printTable(columns, rows, null)).toBe("NAME   NOTE\n𝄞𝄞     x\nab     y\n");
  });

  it("cuts lines for a screen only", () => {
    const rows = [{ name: "a", note: "a rather long note" }];
    expect(printTable(columns, rows, 12)).toBe("NAME   NOTE\na      a ra…\n");
    expect(printTable(columns, rows, null)).toMatch("a rather long note");
  });

  it("lets no tool drive the terminal", () => {
    const printed = printTable(columns, [{ name: "\u001b[31mred\u0007", note: "one\ntwo" }], null);
    expect(printed).toBe("NAME        NOTE\n·[31mred·   one\n");
  });
});

describe("printAge", () => {
  it.each([
    [0, "0s"],
    [59_900, "59s"],
    [119_000, "119s"],
    [121_000, "2m"],
    [90 * 60_000, "90m"],
    [3 * 3_600_000, "3h"],
    [47 * 3_600_000, "47h"],
    [49 * 3_600_000, "2d"],
  ])("prints %d ms as %s", (span, text) => {
    expect(printAge(span)).toBe(text);
  });
});

describe("printMoment", () => {
  const now = new Date("2026-03-02T10:00:00Z");
  it("tells what is past, to come, and never was", () => {
    expect(printMoment("2026-03-02T09:55:00Z", now)).toBe("5m");
    expect(printMoment("2026-03-02T13:00:00Z", now)).toBe("in 3h");
    expect(printMoment(null, now)).toBe("-");
  });
});
