import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN, type TestApi, testApi } from "../../support/test-api.ts";

/** The audit suite of the GraphQL over HTTP specification, asked twice, for a compiled query answers in its own way. */
describe.each([{ jit: true }, { jit: false }])("GraphQL over HTTP, with jit $jit", ({ jit }) => {
  let api: TestApi;
  let url = "";

  beforeAll(async () => {
    api = await testApi({ settings: { jit } });
    url = `${await api.listen()}/graphql`;
  });
  afterAll(() => api.close());

  // 366 requests over real sockets: seconds on a busy machine.
  it("passes every audit, asked three times over", { timeout: 60_000 }, async () => {
    const fetchFn = (input: string, init: RequestInit = {}) =>
      fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${ADMIN}` } });
    const audits = serverAudits({ url, fetchFn });
    for (let round = 0; round < 3; round += 1) {
      const results = await Promise.all(audits.map(({ fn }) => fn()));
      const failed = results.filter(({ status }) => status !== "ok").map(({ name }) => name);
      expect(failed).toEqual([]);
    }
    expect(countByWord(audits.map(({ name }) => name))).toEqual({ MUST: 13, SHOULD: 23, MAY: 25 });
  });
});

function countByWord(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    const [word = ""] = name.split(" ");
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
