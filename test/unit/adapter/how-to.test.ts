import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { MUTANTS } from "../../../src/adapter/conformance/mutants.ts";
import { SUITE } from "../../../src/adapter/conformance/suite.ts";

const root = resolve(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/how-to/write-an-adapter.md"), "utf8");

/** The code of the page, cut where it leaves something out, with the file it claims to be from. */
const blocks = [...page.matchAll(/```ts file=(\S+)\n(.*?)```/gs)].map(([, file = "", code = ""]) => ({
  file,
  parts: code.split(/^\/\/ …\n/m),
}));

describe("how to write an adapter", () => {
  it("shows code from each file that matters", () => {
    const shown = new Set(blocks.map(({ file }) => file.replace(/^.*\//, "")));
    expect([...shown].sort()).toEqual([
      "boundary-toy.test.ts",
      "client.ts",
      "config.ts",
      "index.ts",
      "rows.ts",
      "sandbox.ts",
      "translate.ts",
    ]);
  });

  it.each(blocks)("shows what stands in $file", ({ file, parts }) => {
    const real = readFileSync(join(root, file), "utf8");
    for (const part of parts) expect(real).toContain(part);
  });

  it("has no other code that nobody checks", () => {
    expect(page.match(/```ts\n/g)).toBeNull();
  });

  it("names questions that are asked", () => {
    const titles = SUITE.flatMap(({ title, questions }) => questions.map((question) => `${title} ${question.title}`));
    const named = /sentence about your adapter:\n\n```\n(.*?)```/s.exec(page)?.[1]?.trim().split("\n") ?? [];
    expect(named.length).toBeGreaterThan(3);
    for (const line of named) expect(titles).toContain(line);
  });

  it("counts the mutants right", () => {
    expect(MUTANTS).toHaveLength(24);
    expect(page).toContain("twenty-four ways");
  });
});
