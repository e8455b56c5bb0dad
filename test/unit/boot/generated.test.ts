import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { generate } from "../../../src/boot/generate.ts";
import { kinds } from "../../../src/boot/kinds.ts";
import { checkDocuments } from "../../../src/documents/read.ts";

const root = join(import.meta.dirname, "../../..");
const files = generate(root);

describe("a generated file", () => {
  it.each(files.map(({ path, text }) => [path, text]))("%s is what `npm run generate` writes", (path, text) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(text);
  });
});

describe("the schema of a source", () => {
  const schema = JSON.parse(files.find(({ path }) => path === "schemas/source.v1.json")?.text ?? "{}") as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const document = (config: string, adapter = "airflow") => `
apiVersion: tutti.dev/v1
kind: Source
metadata: { name: airflow-prod }
spec: { adapter: ${adapter}, config: ${config}, sync: { lookBack: 14d } }
`;
  const good = `{ url: "https://airflow.example", auth: { kind: bearer, token: env:TOKEN } }`;

  /** An editor and `tutti validate` must not disagree. */
  it.each([
    [document(good), true],
    [document(good, "airflwo"), false],
    [document(`{ url: "https://airflow.example", auth: { kind: bearer, token: literal } }`), false],
    [document(`{ url: "https://airflow.example", auth: { kind: bearer, tokn: env:TOKEN } }`), false],
    [document(good).replace("14d", "two weeks"), false],
    [document(good).replace("metadata", "metdata"), false],
  ])("judges as validation does", (text, right) => {
    expect(validate(parse(text))).toBe(right);
    expect(checkDocuments([{ file: "a.yaml", text }], kinds).mistakes.length === 0).toBe(right);
  });
});
