import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aGate, aJob, aSource } from "../../support/fake-reader.ts";
import { type TestApi, testApi } from "../../support/test-api.ts";

const gates = [1, 2, 3].map((id) => aGate({ id, openedAt: `2026-11-20T0${4 - id}:00:00.123456Z` }));
const end = (job: string, jobId: number | null) => ({ sourceId: 1, source: "airflow-prod", job, jobId });
const many = Array.from({ length: 501 }, (_, at) => ({
  kind: "data" as const,
  data: "s3://ledger",
  from: end("load_ledger", 10),
  to: end(`reader/${at}`, null),
}));

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ world: { sources: [aSource()], jobs: [aJob()], gates, dependencies: [...many] } });
});
afterAll(() => api.close());

describe("gates", () => {
  it("say that the tool decides, and by what id", async () => {
    const { data } = await api.ask(
      "{ gates(first: 1) { edges { node { id home title choices asked waiting since openedAt run { id } } } pageInfo { hasNextPage } } }",
    );
    expect(data.gates).toMatchObject({ pageInfo: { hasNextPage: true } });
    const [{ node }] = data.gates.edges;
    expect(node).toMatchObject({ home: "TOOL", waiting: true, choices: ["Proceed", "Abort"], run: null });
    const again = await api.ask("query($id: ID!) { node(id: $id) { ... on Gate { title } } }", { id: node.id });
    expect(again.data.node).toEqual({ title: node.title });
  });

  it("refuse a filter with its place", async () => {
    const { errors } = await api.ask(`{ gates(filter: { job: ["nonsense"] }) { edges { cursor } } }`);
    expect(errors?.[0]?.extensions).toEqual({ code: "INVALID", path: "filter.job[0]" });
  });

  it("refuse the cursor of another list", async () => {
    const cursor = Buffer.from(JSON.stringify(["runs/started-desc", "2026-11-20T00:00:00Z", 1])).toString("base64url");
    const { errors } = await api.ask("query($after: String) { gates(after: $after) { edges { cursor } } }", {
      after: cursor,
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID", path: "after" });
  });
});

describe("dependencies", () => {
  it("too many to be read ask for a job", async () => {
    const { errors } = await api.ask("{ dependencies { kind } }");
    expect(errors?.[0]?.extensions).toEqual({ code: "TOO_EXPENSIVE", path: "job" });
  });

  it("of a job that is not there are not found", async () => {
    const { errors } = await api.ask(`{ dependencies(job: "airflow-prod/nowhere") { kind } }`);
    expect(errors?.[0]?.extensions).toEqual({ code: "NOT_FOUND", path: "job" });
  });

  it("lead to a name where we know no job", async () => {
    const { data } = await api.ask(
      `{ dependencies(job: "airflow-prod/load_ledger") { kind data inferred upstreamRef downstreamRef upstream { name } downstream { name } sources { name } } }`,
    );
    expect(data.dependencies[7]).toEqual({
      kind: "DATA",
      data: "s3://ledger",
      inferred: false,
      upstreamRef: "airflow-prod/load_ledger",
      downstreamRef: "airflow-prod/reader/7",
      upstream: { name: "load_ledger" },
      downstream: null,
      sources: [{ name: "airflow-prod" }],
    });
  });

  it("are none where only conclusions are asked for", async () => {
    expect(await api.ask("{ dependencies(inferred: true) { kind } }")).toEqual({ data: { dependencies: [] } });
  });

  it("are priced as long as they may be", async () => {
    const { errors } = await api.ask(
      "{ dependencies { upstream { upstream { upstream { name } } } downstream { downstream { downstreamRef } } } }",
    );
    expect(errors?.[0]?.message).toContain("values, the most is");
  });
});
