/** `npm run generate`: writes what is told elsewhere, so that no two places can disagree. A test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adapterTable } from "./adapter-table.ts";
import { kinds } from "./kinds.ts";
import { ourPackage } from "./package.ts";
import { settingsTable } from "./settings-table.ts";

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function generate(root = ourPackage().root): GeneratedFile[] {
  const schemas = kinds.map((kind) => ({
    path: `schemas/${kind.kind.toLowerCase()}.v1.json`,
    text: `${JSON.stringify(kind.jsonSchema(), null, 2)}\n`,
  }));
  const parts = { adapters: adapterTable(), settings: settingsTable() };
  const readme = Object.entries(parts).reduce(fillIn, readFileSync(join(root, "README.md"), "utf8"));
  return [...schemas, { path: "README.md", text: readme }];
}

/** Between `<!-- name: generated … -->` and `<!-- /name -->`, whatever stood there before. */
function fillIn(page: string, [name, text]: readonly [string, string]): string {
  const between = new RegExp(`(<!-- ${name}: generated[^>]*-->\n)[^]*?(<!-- /${name} -->)`);
  if (!between.test(page)) throw new Error(`README.md has no place for ${name}`);
  return page.replace(between, (_all, before: string, after: string) => `${before}\n${text}\n${after}`);
}

if (process.argv[1] === import.meta.filename) {
  const { root } = ourPackage();
  for (const { path, text } of generate(root)) writeFileSync(join(root, path), text);
}
