/** Writes the public contract: `npm run schema:print`. A test fails when the committed file differs. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "./schema.ts";

const file = resolve(import.meta.dirname, "../../../schemas/schema.graphql");

export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, printedSchema());
