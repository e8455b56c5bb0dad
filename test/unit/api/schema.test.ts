import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type GraphQLField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  validateSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
import { printedSchema } from "../../../src/api/graphql/print-schema.ts";
import { schema } from "../../../src/api/graphql/schema.ts";

const committed = resolve(import.meta.dirname, "../../../schemas/schema.graphql");

describe("the schema", () => {
  it("is the one that is committed", () => {
    // When this fails on purpose: npm run schema:print, and let the diff be read.
    expect(readFileSync(committed, "utf8")).toBe(printedSchema());
  });

  it("is valid", () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it("describes every type, field, argument and value", () => {
    expect([...undescribed()]).toEqual([]);
  });

  it("bounds every list of a connection by first", () => {
    const unbounded = fields().filter(
      ({ field }) => String(field.type).includes("Connection") && !field.args.some(({ name }) => name === "first"),
    );
    expect(unbounded).toEqual([]);
  });

  it("reads plain properties without a resolver", () => {
    expect(schema.getType("Run")).toSatisfy((type) => isObjectType(type) && !type.getFields()["state"]?.resolve);
  });
});

function fields(): { readonly name: string; readonly field: GraphQLField<unknown, unknown> }[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith("__"))
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })));
}

function* undescribed(): Generator<string> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (!type.description) yield type.name;
    if (isEnumType(type))
      for (const value of type.getValues()) if (!value.description) yield `${type.name}.${value.name}`;
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) if (!field.description) yield `${type.name}.${field.name}`;
    }
  }
  for (const { name, field } of fields()) {
    if (!field.description) yield name;
    for (const argument of field.args) if (!argument.description) yield `${name}(${argument.name})`;
  }
}
