/** A schema's objection in a person's words: what was found, what was expected, and what they probably meant. */
import { z } from "zod";
import { nearest, suggestion } from "../lib/suggestion.ts";

export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the cursor belongs on the key or on its value. */
  readonly at: "key" | "value";
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** `base` is where the checked value lies in the document, for a schema that knows only a part of it. */
export function complaintsOf(error: z.ZodError, schema: z.ZodType, value: unknown, base: Path = []): Complaint[] {
  return error.issues.flatMap((issue) => explain(issue, { schema, value, base }));
}

interface Context {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly base: Path;
}

function explain(issue: Issue, context: Context): Complaint[] {
  const path = [...context.base, ...issue.path];
  const found = valueAt(context.value, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(context.schema, issue.path);
    const message = (key: string) => `unknown key "${key}"; ${suggestion(key, known)}`;
    return issue.keys.map((key) => ({ path: [...path, key], message: message(key), at: "key" }));
  }
  if (issue.code === "invalid_union") return explainUnion(issue, context);
  return [{ path, message: describe(issue, found, isShown(context)), at: "value" }];
}

function describe(issue: Issue, found: unknown, shown: boolean): string {
  if (issue.code === "invalid_type") return wrongType(issue.expected, found);
  if (issue.code === "invalid_value") return wrongWord(issue.values, found, shown);
  return `${lowered(issue.message)}${shown && found !== undefined ? `; found ${show(found)}` : ""}`;
}

/** A secret may stand where a reference to it should, so no text of an adapter's config is ever repeated. */
function isShown({ base }: Context): boolean {
  return base.length === 0;
}

/** Of several shapes, the one that was probably meant is the one with the least to say against it. */
function explainUnion(issue: Extract<Issue, { code: "invalid_union" }>, context: Context): Complaint[] {
  const inside = issue.errors.map((errors) =>
    errors.flatMap((error) => explain({ ...error, path: [...issue.path, ...error.path] }, context)),
  );
  const [likeliest] = inside.filter(({ length }) => length > 0).toSorted((a, b) => weight(b) - weight(a));
  if (likeliest) return likeliest;
  const known = wordsAt(context.schema, issue.path);
  const found = valueAt(context.value, issue.path);
  const message = known.length > 0 ? wrongWord(known, found, isShown(context)) : lowered(issue.message);
  return [{ path: [...context.base, ...issue.path], at: "value", message }];
}

/** Deeper complaints mean that more of the shape fitted; fewer are better. */
function weight(complaints: readonly Complaint[]): number {
  return Math.max(...complaints.map(({ path }) => path.length)) * 10 - complaints.length;
}

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  object: "a map",
  record: "a map",
  array: "a list",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

function wrongType(expected: string, found: unknown): string {
  const wanted = NAMES[expected] ?? expected;
  if (found === undefined) return `is missing; expected ${wanted}`;
  const quoted = expected === "string" && (typeof found === "number" || typeof found === "boolean");
  return `expected ${wanted}, found ${show(found)}${quoted ? `; write "${String(found)}" in quotes` : ""}`;
}

function wrongWord(values: readonly unknown[], found: unknown, shown: boolean): string {
  const words = values.map(String);
  const wanted = words.length === 1 ? `expected ${words[0]}` : `expected one of ${words.join(", ")}`;
  if (found === undefined) return `is missing; ${wanted}`;
  if (typeof found !== "string") return `${wanted}, found ${show(found)}`;
  if (!shown && nearest(found, words) === null) return wanted;
  return `unknown word "${found}"; ${words.length === 1 ? wanted : suggestion(found, words)}`;
}

/** Never the whole value: it may be long. */
function show(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} ${value}`;
  if (typeof value !== "string") return `a ${typeof value}`;
  return value.length > 40 ? `a text of ${value.length} characters` : `"${value}"`;
}

function lowered(message: string): string {
  return message.slice(0, 1).toLowerCase() + message.slice(1);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, key)) return undefined;
    return (inner as Record<PropertyKey, unknown>)[key];
  }, value);
}

interface Shape {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly $defs?: Readonly<Record<string, Shape>>;
}

/** The issue does not say which keys exist; the schema's JSON form does, whatever it is made of. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  return [...new Set(shapesAt(schema, path).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function wordsAt(schema: z.ZodType, path: Path): string[] {
  const words = shapesAt(schema, path).flatMap((shape) =>
    shape.const === undefined ? (shape.enum ?? []) : [shape.const],
  );
  return [...new Set(words.map(String))];
}

function shapesAt(schema: z.ZodType, path: Path): Shape[] {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;
  return path.reduce<Shape[]>(
    (shapes, key) => shapes.flatMap((shape) => branches(root, inner(shape, key))),
    branches(root, root),
  );
}

function inner(shape: Shape, key: PropertyKey): Shape | undefined {
  if (typeof key === "number") return shape.items;
  const named = shape.properties?.[String(key)];
  if (named) return named;
  return typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
}

function branches(root: Shape, shape: Shape | undefined): Shape[] {
  if (!shape) return [];
  const target = shape.$ref?.startsWith("#/$defs/") ? root.$defs?.[shape.$ref.slice("#/$defs/".length)] : undefined;
  const others = [...(shape.anyOf ?? []), ...(shape.oneOf ?? []), ...(shape.allOf ?? []), ...(target ? [target] : [])];
  return [shape, ...others.flatMap((other) => branches(root, other))];
}
