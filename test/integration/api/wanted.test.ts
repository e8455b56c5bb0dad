import { getNamedType, isListType, isNonNullType, isObjectType, type GraphQLField } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schema } from "../../../src/api/graphql/schema.ts";
import { createReader } from "../../../src/store/read/reader.ts";
import { fillFleet, PATIENT } from "../../bench/fleet/fill.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { type TestApi, testApi } from "../../support/test-api.ts";

let database: FreshDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await freshDatabase({ deadlines: PATIENT });
  await fillFleet(database.db, { runs: 2_000, jobs: 50, sources: 3 });
  api = await testApi({ deps: { reader: createReader(database.db) } });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

/** What moves on between two questions, and what is asked of the tool and not of the store. */
const MOVES = new Set(["lagMs", "log", "outputs", "parts", "examination"]);

/** Every field of a type that can be asked without arguments, down to plain values. */
function questionsOf(type: string): string[] {
  const object = schema.getType(type);
  if (!isObjectType(object)) throw new Error(`${type} is no object`);
  return Object.values(object.getFields())
    .filter((field) => !MOVES.has(field.name) && field.args.every((argument) => !isNonNullType(argument.type)))
    .flatMap((field) => questionOf(field, 0));
}

function questionOf(field: GraphQLField<unknown, unknown>, depth: number): string[] {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return [field.name];
  if (depth > 1) return [];
  const below = Object.values(type.getFields())
    .filter(({ name, args }) => !MOVES.has(name) && args.every((argument) => !isNonNullType(argument.type)))
    .flatMap((inner) => questionOf(inner, depth + 1));
  const some = isListType(field.type) ? below.slice(0, 4) : below;
  return some.map((inner) => `${field.name} { ${inner} }`);
}

const LISTS: Record<string, (fields: string) => string> = {
  Run: (fields) => `{ runs(filter: { state: [FAILED] }, first: 2) { edges { node { ${fields} } } } }`,
  Job: (fields) => `{ jobs(first: 2) { edges { node { ${fields} } } } }`,
};

describe.each(Object.keys(LISTS))("a question for one field of a %s", (type) => {
  const list = LISTS[type] ?? String;
  const asked = questionsOf(type);

  it("covers them all", () => expect(asked.length).toBeGreaterThan(25));

  it.each(asked)("answers as if all had been asked: %s", async (field) => {
    const alone = await api.ask(list(field));
    expect(alone.errors).toBeUndefined();
    // A fragment on a field that needs everything makes the store read it all.
    const whole =
      type === "Run" ? "attempts { attempt } job { runs(first: 1) { edges { node { id } } } }" : "lastRun { id }";
    const among = await api.ask(list(`${field} ... on ${type} { whole: ${whole} }`));
    expect(among.errors).toBeUndefined();
    const [one, other] = [alone, among].map(
      ({ data }) => (Object.values(data)[0] as { edges: { node: object }[] }).edges,
    );
    expect(other?.map(({ node }) => node)).toMatchObject(one?.map(({ node }) => node) ?? []);
  });
});
