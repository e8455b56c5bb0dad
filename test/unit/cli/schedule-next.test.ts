import { describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/commands.ts";
import type { Terminal } from "../../../src/cli/command.ts";
import { CommandError } from "../../../src/cli/exit.ts";
import { runProgram } from "../../../src/cli/program.ts";

async function ask(...words: string[]) {
  const [out, notes]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    environment: {},
    now: new Date("2026-11-21T12:00:00Z"),
    width: null,
    out: (text) => void out.push(text),
    note: (text) => void notes.push(text),
  };
  const exit = await runProgram(commands, ["schedule", "next", ...words], terminal, "0").catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    notes.push(error.message);
    return error.exitCode;
  });
  return { exit, out: out.join(""), note: notes.join("") };
}

describe("tutti schedule next", () => {
  it("answers in JSON for the Jenkins job it is told", async () => {
    const words = ["@daily", "--dialect", "jenkins", "--seed", "team/etl/nightly", "--timezone", "Europe/Zurich"];
    const { exit, out } = await ask(...words, "--after", "2026-11-21T00:00:00Z", "--count", "2", "-o", "json");
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      accepted: true,
      reason: null,
      next: ["2026-11-21T21:12:00.000Z", "2026-11-22T21:12:00.000Z"],
    });
  });

  it("begins now, in UTC, and tells five", async () => {
    const { out } = await ask("0 * * * *", "--dialect", "jenkins");
    expect(out.split("\n").slice(0, 2)).toEqual(["2026-11-21T13:00:00.000Z", "2026-11-21T14:00:00.000Z"]);
    expect(out.trimEnd().split("\n")).toHaveLength(5);
  });

  it("tells why Jenkins would not take it", async () => {
    const { exit, out } = await ask("0 0 * * MON", "--dialect", "jenkins", "-o", "json");
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ accepted: false, reason: expect.stringContaining("MON"), next: [] });
  });

  it("wants to know the job where there is an H", async () => {
    expect(await ask("H * * * *", "--dialect", "jenkins")).toMatchObject({
      exit: 2,
      note: expect.stringMatching("--seed"),
    });
    expect((await ask("# Hello\n0 * * * *", "--dialect", "jenkins")).exit).toBe(0);
  });

  it.each([
    [["0 * * * *"], "--dialect is needed"],
    [["0 * * * *", "--dialect", "kubernetes"], "cannot be computed yet"],
    [["0 * * * *", "--dialect", "jenkins", "--timezone", "Zurich"], "no time zone"],
    [["0 * * * *", "--dialect", "jenkins", "--count", "0"], "--count"],
    [["0 * * * *", "--dialect", "jenkins", "--after", "tomorrow"], "no time"],
    [["0 * * * *", "--dialect", "jenkins", "--after", "2026-03-01T10:00:00"], "no time"],
  ])("refuses %j as a misuse", async (words, reason) => {
    expect(await ask(...words)).toMatchObject({ exit: 2, note: expect.stringContaining(reason) });
  });

  it("shows its help, and that of its group", async () => {
    expect((await ask("--help")).out).toContain("--seed <name>");
    expect((await ask("--help")).exit).toBe(0);
  });
});
