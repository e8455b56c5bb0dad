import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aFleet, aGate } from "../../support/fake-reader.ts";
import { type TestApi, testApi } from "../../support/test-api.ts";

const gates = [1, 2, 3].map((id) => aGate({ id, jobId: id, runId: id }));
const end = (id: number) => ({ sourceId: 1, source: "airflow-prod", job: `job_${id}`, jobId: id });
const dependencies = [1, 2, 3].map((id) => ({ kind: "job" as const, data: null, from: end(id), to: end(id + 1) }));
const surroundings = { gates, dependencies };

describe.each([{ jit: true }, { jit: false }])("edges from parent to child, with jit $jit", ({ jit }) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi({ world: { ...aFleet(60), ...surroundings }, settings: { jit } });
  });
  afterAll(() => api.close());
  beforeEach(() => {
    api.reader.world.asked.length = 0;
  });

  it.each([
    [
      "runs with job and source",
      "{ runs(first: 50) { edges { node { job { name source { name } } } } } }",
      ["listRuns"],
    ],
    ["runs with the references of their jobs", "{ runs { edges { node { job { ref } } } } }", ["listRuns"]],
    [
      "the same through fragments",
      "{ runs { ...p } } fragment p on RunConnection { edges { node { ... on Run { job { ...j } } } } } fragment j on Job { source { name } }",
      ["listRuns"],
    ],
    ["a run with its job", `{ run(id: "UnVuOjE6MQ==") { job { ref } } }`, ["runById"]],
    ["jobs with source", "{ jobs { edges { node { ref source { name } } } } }", ["listJobs"]],
    [
      "jobs with their last runs",
      "{ jobs { edges { node { state lastRun { state } } } } }",
      ["listJobs", "lastRunsOf"],
    ],
    [
      "last runs and their jobs",
      "{ jobs { edges { node { lastRun { job { ref } } } } } }",
      ["listJobs", "lastRunsOf", "sourcesByIds"],
    ],
    ["sources and their jobs", "{ sources { jobs { edges { node { ref } } } } }", ["allSources", "listJobs"]],
    [
      "a node with its source",
      `{ node(id: "UnVuOjE6MQ==") { ... on Run { job { source { name } } } } }`,
      ["runsByIds", "jobsByIds", "sourcesByIds"],
    ],
    ["attempts of runs that had one", "{ runs { edges { node { attempts { attempt } } } } }", ["listRuns"]],
    [
      "gates with what waits",
      "{ gates { edges { node { title source { name } job { ref } run { state } } } } }",
      ["listGates", "sourcesByIds", "jobsByIds", "runsByIds"],
    ],
    ["runs with their gates", "{ runs { edges { node { gates { title waiting } } } } }", ["listRuns", "gatesOf"]],
    ["a gate as a node", `{ node(id: "R2F0ZToxOjE=") { ... on Gate { title } } }`, ["gatesByIds"]],
    ["people waited for", "{ fleet { waitingForPeople } }", ["fleet", "countWaitingGates"]],
    [
      "jobs with all that they depend on",
      "{ jobs { edges { node { upstream { upstreamRef upstream { name } } downstream { downstream { name } } } } } }",
      ["listJobs", "dependenciesOf upstream", "dependenciesOf downstream", "jobsByIds"],
    ],
    [
      "the graph with its jobs",
      "{ dependencies { kind data inferred upstream { ref } downstream { ref } sources { name } } }",
      ["allDependencies", "jobsByIds", "sourcesByIds"],
    ],
    ["the fleet by source", "{ fleet { bySource { source { name } } } }", ["fleet", "sourcesByIds"]],
  ])("need the fewest statements: %s", async (_what, query, statements) => {
    for (let times = 0; times < 3; times += 1) expect((await api.ask(query)).errors).toBeUndefined();
    expect(api.reader.world.asked).toEqual([...statements, ...statements, ...statements]);
  });

  it("page forward, and say honestly what lies before and after", async () => {
    const query =
      "query($after: String) { runs(first: 25, after: $after) { edges { cursor node { externalId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    const first = (await api.ask(query)).data.runs;
    const second = (await api.ask(query, { after: first.pageInfo.endCursor })).data.runs;
    const third = (await api.ask(query, { after: second.pageInfo.endCursor })).data.runs;
    expect(first.pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: first.edges[0].cursor,
    });
    expect(third.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
      endCursor: third.edges.at(-1).cursor,
    });
    const ids = [first, second, third].flatMap(({ edges }) =>
      edges.map((edge: { node: { externalId: string } }) => edge.node.externalId),
    );
    expect(ids).toEqual(Array.from({ length: 60 }, (_, at) => `run_${60 - at}`));
  });
});
