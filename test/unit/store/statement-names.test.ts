import { describe, expect, it } from "vitest";
import { StatementNames } from "../../../src/store/statement-names.ts";

const PARAMETERS = [1];

describe("a statement's name", () => {
  it("is given at the second sight, and stays", () => {
    const names = new StatementNames();
    const seen = [1, 2, 3].map(() => names.of("select $1", PARAMETERS));
    expect(seen).toEqual([undefined, "t1", "t1"]);
  });

  it("is never given without parameters", () => {
    const names = new StatementNames();
    for (const text of ["begin", "commit", "listen tutti_changes"]) {
      expect([names.of(text, []), names.of(text, [])]).toEqual([undefined, undefined]);
    }
  });

  it("is given to no more texts than the bound", () => {
    const names = new StatementNames(3);
    const all = Array.from({ length: 50 }, (_, index) => {
      names.of(`select ${index}, $1`, PARAMETERS);
      return names.of(`select ${index}, $1`, PARAMETERS);
    });
    expect(all.filter(Boolean)).toEqual(["t1", "t2", "t3"]);
    expect(names.of("select 0, $1", PARAMETERS)).toBe("t1");
  });

  it("is kept for texts that come again, among many that do not", () => {
    const names = new StatementNames(3);
    for (let index = 0; index < 1_000; index += 1) names.of(`select in (${index}), $1`, PARAMETERS);
    expect([1, 2].map(() => names.of("select $1", PARAMETERS))).toEqual([undefined, "t1"]);
  });
});
