import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { kinds } from "../../../src/boot/kinds.ts";
import { commands } from "../../../src/cli/commands.ts";
import { printMistake } from "../../../src/documents/mistake.ts";
import { checkDocuments } from "../../../src/documents/read.ts";

const root = join(import.meta.dirname, "../../..");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((file) => `docs/${file}`),
]
  .filter((file) => file.endsWith(".md"))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

function blocks(language: string): [string, string][] {
  const fence = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm");
  return pages.flatMap(({ file, text }) =>
    [...text.matchAll(fence)].map(([, code]): [string, string] => [file, code ?? ""]),
  );
}

describe("what the documentation shows", () => {
  const documents = blocks("yaml").filter(([, code]) => /^kind: Source$/m.test(code));
  it.each(documents)("in %s is a valid document", (_file, text) => {
    expect(checkDocuments([{ file: "shown.yaml", text }], kinds).mistakes.map(printMistake)).toEqual([]);
  });

  const schema = buildSchema(readFileSync(join(root, "schemas/schema.graphql"), "utf8"));
  const questions = blocks("graphql").filter(([, code]) => /^(\{|query|subscription)/.test(code));
  it.each(questions)("in %s is a question that the API takes", (_file, text) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });

  it("names commands that exist", () => {
    const shown = blocks("sh").flatMap(([, code]) =>
      [...code.matchAll(/(?:^|npx )tutti (\w+)/gm)].map(([, name]) => name),
    );
    expect(shown.length).toBeGreaterThan(10);
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining([...new Set(shown)]));
  });

  it("links to pages that exist", () => {
    // Design notes point at each other while both are written; what users read must hold at any moment.
    const forUsers = pages.filter(({ file }) => !file.startsWith("docs/design/"));
    const broken = forUsers.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = ""]) => join(dirname(file), target))
        .filter((target) => !existsSync(join(root, target))),
    );
    expect(broken).toEqual([]);
  });
});
