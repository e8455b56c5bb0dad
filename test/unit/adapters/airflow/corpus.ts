/** Replies and odd rows that nobody here wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../corpus/airflow");

export function corpus(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

export function corpusPath(file: string): string {
  return join(folder, file);
}
