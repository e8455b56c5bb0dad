/** Replies that nobody here wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../corpus/jenkins");

export function corpusText(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

export function corpus(file: string): unknown {
  return JSON.parse(corpusText(file));
}
