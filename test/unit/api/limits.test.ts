import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aFleet } from "../../support/fake-reader.ts";
import { type TestApi, testApi } from "../../support/test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ world: aFleet(20) });
});
afterAll(() => api.close());

const nested = (depth: number): string =>
  depth === 0 ? "id" : `id runs(first: 1) { edges { node { job { ${nested(depth - 1)} } } } }`;
const times = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join(" ");

/** Each fragment spreads the next one twice: 2^30 fields in a page of text. */
const doubling = `{ whoami { ...f0 } } ${times(30, (at) => `fragment f${at} on Principal { ...f${at + 1} ...f${at + 1} }`)} fragment f30 on Principal { name }`;

const WORST: readonly (readonly [what: string, query: string, says: RegExp])[] = [
  ["depth 500", `{ job(ref: "a/b") { ${nested(100)} } }`, /depth|tokens/],
  ["depth beyond the limit", `{ job(ref: "a/b") { ${nested(4)} } }`, /depth: this question has 18, the most is 12/],
  ["10,000 aliases", `{ ${times(10_000, (at) => `a${at}: __typename`)} }`, /too large/],
  ["5,000 aliases", `{ ${times(5_000, (at) => `a${at}: __typename`)} }`, /tokens/],
  ["31 aliases", `{ ${times(31, (at) => `a${at}: __typename`)} }`, /aliases/],
  ["600 times the same field", `{ ${times(600, () => "__typename")} }`, /fields/],
  ["20,000 directives", `{ __typename ${times(20_000, () => "@x")} }`, /tokens/],
  ["60 directives", `{ __typename ${times(60, () => "@x")} }`, /directives/],
  ["fragments that double", doubling, /fields: this question has 1073741825/],
  [
    "nested lists",
    `{ jobs(first: 100) { edges { node { runs(first: 100) { edges { node { id state startedAt endedAt } } } } } } }`,
    /values/,
  ],
  [
    "nested lists of the default length",
    `{ sources { jobs { edges { node { runs { edges { node { id state } } } } } } } }`,
    /values/,
  ],
  ["1,000 operations", times(1_000, (at) => `query q${at} { __typename }`), /tokens|operations/],
  ["two operations", "query a { __typename } query b { __typename }", /2 operations/],
];

describe("a question that asks for too much", () => {
  it.each(WORST)("is refused before anything is read: %s", async (_what, query, says) => {
    api.reader.world.asked.length = 0;
    const began = performance.now();
    const { data, errors } = await api.ask(query);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toMatch(says);
    expect(errors?.[0]?.extensions.code).toMatch(/TOO_EXPENSIVE|INVALID/);
    expect(api.reader.world.asked).toEqual([]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("is refused by the size of a page in a variable", async () => {
    const query = `query($n: Int) { jobs(first: $n) { edges { node { runs(first: $n) { edges { node { id } } } } } } }`;
    expect((await api.ask(query, { n: 2 })).errors).toBeUndefined();
    expect((await api.ask(query, { n: 500 })).errors?.[0]?.extensions.code).toBe("TOO_EXPENSIVE");
    expect((await api.ask(query, { n: 2 })).errors).toBeUndefined();
  });

  it.each([501, 1_000_000, 0, -1])("is refused for first: %i, with its path", async (first) => {
    const { errors } = await api.ask(`{ runs(first: ${first}) { edges { cursor } } }`);
    expect(errors?.[0]?.extensions).toEqual({ code: "INVALID", path: "first" });
  });

  it("is refused when a fragment spreads itself", async () => {
    const { errors } = await api.ask(
      "{ whoami { ...a } } fragment a on Principal { name ...b } fragment b on Principal { ...a }",
    );
    expect(errors?.[0]?.message).toMatch(/Cannot spread fragment/);
  });

  it("is refused in a batch", async () => {
    const reply = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: "Bearer tutti_admin", host: "localhost" },
      payload: [{ query: "{ __typename }" }],
    });
    expect(reply.statusCode).toBe(400);
  });
});

describe("an honest question", () => {
  it("may have 500 runs with everything about them", async () => {
    const query = `{ runs(first: 500) { edges { cursor node { id externalId state nativeState stateRule attempt parameters queuedAt startedAt endedAt durationMs url observedAt stale
      cause { kind by key } error { kind message } job { id ref name path paused owner tags labels url source { id name adapter url reachable lastSyncedAt lagMs } } } } pageInfo { hasNextPage endCursor } } }`;
    expect((await api.ask(query)).errors).toBeUndefined();
  });

  it("may be GraphiQL's introspection", async () => {
    const { getIntrospectionQuery } = await import("graphql");
    const { data, errors } = await api.ask(
      getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, directiveIsRepeatable: true }),
    );
    expect(errors).toBeUndefined();
    expect(data).toHaveProperty("__schema.queryType.name", "Query");
  });

  it("may not introspect where that is switched off", async () => {
    const closed = await testApi({ settings: { introspection: false } });
    const { errors } = await closed.ask("{ __schema { queryType { name } } }");
    await closed.close();
    expect(errors?.[0]?.extensions.code).toBe("INVALID");
  });
});
