/**
 * OpenAPI's schemas as JSON Schema.
 *
 * `nullable` becomes a choice, and every object is closed where it is used: a field that the spec does not name is one
 * that the sandbox has invented. Only the parts of an `allOf` stay open, for each knows but a share of the whole.
 */
export type Node = { readonly [key: string]: unknown };

/** Words of OpenAPI that mean nothing to JSON Schema, or would be read otherwise. */
const DROPPED = new Set(["nullable", "discriminator", "example", "readOnly", "writeOnly", "deprecated", "xml"]);

export function jsonSchemaOf(document: Node): Node {
  return convert(document, "") as Node;
}

function convert(node: unknown, under: string, isPart = false): unknown {
  if (Array.isArray(node)) return node.map((item) => convert(item, "", under === "allOf"));
  if (typeof node !== "object" || node === null) return node;
  // `example` may also be the name of a property.
  const children = Object.entries(node).filter(([key]) => under === "properties" || !DROPPED.has(key));
  // What is defined under `components/schemas` is closed by whoever refers to it.
  const converted = Object.fromEntries(children.map(([key, child]) => [key, convert(child, key, under === "schemas")]));
  if (under === "properties") return converted;
  const closed = isPart ? converted : close(converted);
  return (node as Node)["nullable"] === true ? { anyOf: [closed, { type: "null" }] } : closed;
}

function close(schema: Node): Node {
  if (typeof schema["$ref"] === "string") return { ...schema, unevaluatedProperties: false };
  const hasFields = schema["type"] === "object" && (schema["properties"] ?? schema["allOf"]) !== undefined;
  return hasFields && schema["additionalProperties"] === undefined
    ? { ...schema, unevaluatedProperties: false }
    : schema;
}
