import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aFleet } from "../../support/fake-reader.ts";
import { type TestAnswer, type TestApi, testApi } from "../../support/test-api.ts";

let api: TestApi;
beforeEach(async () => {
  api = await testApi({ world: aFleet(3) });
});
afterEach(() => api.close());

/** Three times over: the second asking compiles, and compiled queries make errors in a way of their own. */
async function ask(query: string, variables?: object): Promise<TestAnswer> {
  const answers = [await api.ask(query, variables), await api.ask(query, variables), await api.ask(query, variables)];
  const codes = answers.map(({ errors }) => errors?.[0]);
  expect(codes).toEqual([codes[0], codes[0], codes[0]]);
  return answers[2]!;
}

describe("an error in a question", () => {
  it.each([
    ["an unknown field", "{ runs { edges { node { stat } } } }", "runs.edges.node.stat"],
    ["an unknown argument", "{ runs(frist: 1) { edges { cursor } } }", "runs.frist"],
    [
      "a bad moment",
      `{ runs(filter: { startedAfter: "yesterday" }) { edges { cursor } } }`,
      "runs.filter.startedAfter",
    ],
    [
      "a moment without its zone",
      `{ runs(filter: { endedAfter: "2026-11-20T10:00:00" }) { edges { cursor } } }`,
      "runs.filter.endedAfter",
    ],
    ["an unknown state", "{ runs(filter: { state: [BROKEN] }) { edges { cursor } } }", "runs.filter.state"],
    ["no JSON and no GraphQL", "{", "query"],
    ["a bad duration", `{ fleet(last: "a while") { runs } }`, "fleet.last"],
    ["a duration out of range", `{ fleet(last: "10s") { runs } }`, "last"],
    ["a bad reference", `{ job(ref: "nowhere") { id } }`, "ref"],
    [
      "a bad reference in a filter",
      `{ runs(filter: { job: ["airflow-prod/x", "nowhere"] }) { edges { cursor } } }`,
      "filter.job[1]",
    ],
    [
      "a bad source in a filter",
      `{ jobs(filter: { source: ["Not A Name"] }) { edges { cursor } } }`,
      "filter.source[0]",
    ],
    ["a NUL in a filter", `{ jobs(filter: { text: "a\\u0000b" }) { edges { cursor } } }`, "filter.text"],
    ["an id that is none", `{ run(id: "42") { id } }`, "id"],
    ["the id of another type", `{ run(id: "U291cmNlOjE=") { id } }`, "id"],
    ["an id spelled otherwise", `{ node(id: "UnVuOjE6MQ") { id } }`, "id"],
  ])("has a code and the way to it: %s", async (_what, query, path) => {
    expect((await ask(query)).errors?.[0]?.extensions).toEqual({ code: "INVALID", path });
  });

  it("points at a variable", async () => {
    const query = "query($f: RunFilter) { runs(filter: $f) { edges { cursor } } }";
    const { errors } = await ask(query, { f: { state: ["BROKEN"] } });
    expect(errors?.[0]?.extensions).toEqual({ code: "INVALID", path: "$f" });
  });

  it.each([
    ["forged", "not-a-cursor"],
    [
      "of another order",
      Buffer.from(JSON.stringify(["runs/started-asc", "2026-11-20T00:00:00.000Z", 1])).toString("base64url"),
    ],
    ["of another list", Buffer.from(JSON.stringify(["jobs/name-asc", "a", 1])).toString("base64url")],
    [
      "with a time that is none",
      Buffer.from(JSON.stringify(["runs/started-desc", "'; drop table run", 1])).toString("base64url"),
    ],
    [
      "with an id that is none",
      Buffer.from(JSON.stringify(["runs/started-desc", "2026-11-20T00:00:00.000Z", "1"])).toString("base64url"),
    ],
    ["of immense length", "W".repeat(10_000)],
  ])("refuses a cursor that is %s", async (_how, after) => {
    api.reader.world.asked.length = 0;
    const { errors } = await ask("query($after: String) { runs(after: $after) { edges { cursor } } }", { after });
    expect(errors?.[0]?.extensions).toEqual({ code: "INVALID", path: "after" });
    expect(api.reader.world.asked).toEqual([]);
  });
});

describe("an error on our side", () => {
  it("never shows what the database said", async () => {
    api.reader.listRuns = () => Promise.reject(new Error(`relation "run" does not exist at select * from run`));
    const answer = await ask("{ runs { edges { cursor } } }");
    expect(answer.errors?.[0]?.extensions.code).toBe("INTERNAL");
    expect(JSON.stringify(answer)).not.toMatch(/relation|select/);
  });

  it("says so when the database gave up on a statement", async () => {
    api.reader.listRuns = () => Promise.reject(Object.assign(new Error("canceling statement"), { code: "57014" }));
    const { errors } = await ask("{ runs { edges { cursor } } }");
    expect(errors?.[0]?.extensions.code).toBe("TOO_EXPENSIVE");
  });

  it("is told when a parent vanished while it was read", async () => {
    api.reader.world.jobs.length = 0;
    const { errors } = await ask('{ run(id: "UnVuOjE6MQ==") { job { name } } }');
    expect(errors?.[0]?.extensions.code).toBe("NOT_FOUND");
  });
});
