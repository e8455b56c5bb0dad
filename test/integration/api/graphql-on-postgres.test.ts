import { createClient } from "graphql-ws";
import { sql } from "kysely";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReader } from "../../../src/store/read/reader.ts";
import { governanceOver } from "../../../src/governance/governance.ts";
import { issueCredential } from "../../../src/governance/credentials.ts";
import { announceChanges, listenForChanges } from "../../../src/store/changes.ts";
import type { Db } from "../../../src/store/db.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { type TestApi, testApi } from "../../support/test-api.ts";
import { eventually } from "../../support/eventually.ts";

/** Two sources, 40 jobs, 1,200 runs a minute apart; every fifth failed; one run is in its third attempt. */
async function fill(db: Db): Promise<void> {
  await sql`insert into source (name, adapter, url, config, labels, hand_off, capabilities) values
    ('airflow-prod', 'airflow', 'http://airflow.test', '{}', '{"team":"finance"}', 'keyed', '{observe,log}'),
    ('jenkins-core', 'jenkins', 'http://jenkins.test', '{}', '{}', 'marked', '{observe}')`.execute(db);
  await sql`insert into source_sync (source_id, reachable, synced_at, pace_ms, jobs)
    select id, name = 'airflow-prod', now(), 5000, 20 from source`.execute(db);
  await sql`insert into job (source_id, external_id, name, hand_off, observed_at, schedule, next_at)
    select s.id, 'job_' || n, 'job_' || to_char(n, 'FM00'), 'keyed', now(), '{"expression":"0 2 * * *","dialect":"debian","timezone":null,"text":null}', now() + n * interval '1 hour'
    from source s, generate_series(1, 20) n`.execute(db);
  await sql`insert into run (source_id, job_id, external_id, attempt, state, native_state, state_rule, cause_kind, error_kind, error_message,
      started_at, ended_at, occurred_at, observed_at)
    select j.source_id, j.id, 'run_' || row_number() over (), 1, case when n % 5 = 0 then 'failed' else 'succeeded' end, 'x', 'y', 'schedule',
      case when n % 5 = 0 then 'failed' end, case when n % 5 = 0 then 'ledger out of balance' end, at, at + interval '1 minute', at, at
    from job j, generate_series(1, 30) n, lateral (select now() - (n * 40 + j.id) * interval '1 minute 7.123456 seconds' as at) t`.execute(
    db,
  );
  await sql`update run set attempt = 3 where external_id = 'run_1'`.execute(db);
  await sql`insert into run_attempt (source_id, run_id, attempt, state, native_state, state_rule, observed_at)
    select source_id, id, n, 'failed', 'x', 'y', now() from run, generate_series(1, 2) n where external_id = 'run_1'`.execute(
    db,
  );
}

describe.each([{ jit: true }, { jit: false }])("GraphQL on PostgreSQL, with jit $jit", ({ jit }) => {
  let database: FreshDatabase;
  let api: TestApi;
  let token = "";

  beforeAll(async () => {
    database = await freshDatabase();
    await fill(database.db);
    const { db, url } = database;
    const issued = await issueCredential(db, {
      kind: "token",
      principal: "ada",
      role: "viewer",
      label: "test",
      validForMs: null,
    });
    token = issued.secret;
    api = await testApi({
      settings: { jit },
      deps: {
        reader: createReader(db),
        governance: governanceOver(db),
        changes: (listener) => listenForChanges({ url, log: silentLog, ...listener }),
      },
    });
  });
  afterAll(async () => {
    await api.close();
    await database.close();
  });

  /** Twice more than once: the second asking compiles, the third runs what was compiled. */
  async function ask(query: string, variables: object = {}) {
    const answers = [];
    for (let times = 0; times < 3; times += 1) {
      const headers = { authorization: `Bearer ${token}`, host: "localhost" };
      const reply = await api.app.inject({ method: "POST", url: "/graphql", headers, payload: { query, variables } });
      answers.push(reply.json());
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    return answers[0];
  }

  it("knows who asks", async () => {
    expect(await ask("{ whoami { name role } }")).toEqual({ data: { whoami: { name: "ada", role: "VIEWER" } } });
  });

  it("lists the latest failed runs with job and source", async () => {
    const query = `{ runs(first: 50, filter: { state: [FAILED] }) { edges { node { state startedAt error { kind message } job { ref source { name reachable } } } } pageInfo { hasNextPage } } }`;
    const { data } = await ask(query);
    expect(data.runs.edges).toHaveLength(50);
    expect(data.runs.pageInfo).toEqual({ hasNextPage: true });
    expect(data.runs.edges[0].node).toMatchObject({
      state: "FAILED",
      error: { kind: "failed", message: "ledger out of balance" },
    });
    expect(data.runs.edges[0].node.job.ref).toBe(`${data.runs.edges[0].node.job.source.name}/job_1`);
    const times = data.runs.edges.map(({ node }: { node: { startedAt: string } }) => node.startedAt);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it.each(["STARTED_DESC", "STARTED_ASC"])("walks every run once by cursor, %s", async (order) => {
    const seen = new Set<string>();
    let after: string | null = null;
    for (let pages = 0; pages < 20; pages += 1) {
      const query = `query($after: String) { runs(first: 97, after: $after, order: ${order}) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
      const { data } = await ask(query, { after });
      for (const { node } of data.runs.edges) seen.add(node.id);
      if (!data.runs.pageInfo.hasNextPage) break;
      after = data.runs.pageInfo.endCursor;
    }
    expect(seen.size).toBe(1_200);
  });

  it.each(["NAME_ASC", "NAME_DESC", "NEXT_ASC"])("walks every job once by cursor, %s", async (order) => {
    const seen = new Set<string>();
    let after: string | null = null;
    for (let pages = 0; pages < 20; pages += 1) {
      const query = `query($after: String) { jobs(first: 7, after: $after, order: ${order}) { edges { node { ref } } pageInfo { hasNextPage endCursor } } }`;
      const { data } = await ask(query, { after });
      for (const { node } of data.jobs.edges) seen.add(node.ref);
      if (!data.jobs.pageInfo.hasNextPage) break;
      after = data.jobs.pageInfo.endCursor;
    }
    expect(seen.size).toBe(40);
  });

  it("finds anything again by its id", async () => {
    const { data } = await ask(`{ job(ref: "airflow-prod/job_3") { id lastRun { id } source { id } } }`);
    const ids = [data.job.id, data.job.lastRun.id, data.job.source.id];
    for (const [at, type] of ["Job", "Run", "Source"].entries()) {
      const query = `query($id: ID!) { node(id: $id) { __typename id ... on Job { ref } ... on Run { job { ref } } ... on Source { name } } }`;
      const answer = await ask(query, { id: ids[at] });
      expect(answer.data.node).toMatchObject({ __typename: type, id: ids[at] });
    }
    expect((await ask("query($id: ID!) { run(id: $id) { id } }", { id: ids[1] })).data.run.id).toBe(ids[1]);
  });

  it("shows earlier attempts and the present one", async () => {
    const { data } = await ask(
      `{ runs(filter: { text: "run_1" }, first: 500) { edges { node { externalId attempts { attempt state } } } } }`,
    );
    const run = data.runs.edges.find(({ node }: { node: { externalId: string } }) => node.externalId === "run_1");
    expect(run.node.attempts.map(({ attempt }: { attempt: number }) => attempt)).toEqual([1, 2, 3]);
  });

  it("walks down every edge", async () => {
    const query = `{ sources { name jobCount handOff jobs(first: 3) { edges { node { ref state capabilities labels schedule { dialect nextAt } lastRun { job { ref } }
      runs(first: 2) { edges { node { durationMs cause { kind by key } job { source { name } } } } } } } } } }`;
    const { data, errors } = await ask(query);
    expect(errors).toBeUndefined();
    expect(data.sources.map(({ name }: { name: string }) => name)).toEqual(["airflow-prod", "jenkins-core"]);
    const [job] = data.sources[0].jobs.edges;
    expect(job.node).toMatchObject({
      ref: "airflow-prod/job_1",
      capabilities: ["OBSERVE", "LOG"],
      labels: { team: "finance" },
    });
    expect(job.node.runs.edges[0].node).toMatchObject({
      durationMs: 60_000,
      job: { source: { name: "airflow-prod" } },
    });
  });

  it("counts the fleet and names what it is blind to", async () => {
    const { data } = await ask(
      `{ fleet(last: "48h") { runs states { state runs } bySource { runs } blind { reason source { name } } } }`,
    );
    expect(data.fleet.states).toHaveLength(8);
    expect(data.fleet.blind).toEqual([{ reason: "UNREACHABLE", source: { name: "jenkins-core" } }]);
  });

  it.each([
    ["a filter by label", `filter: { label: ["team=finance"] }`, 600],
    ["a filter by source", `filter: { source: ["jenkins-core"] }`, 600],
    ["a filter by job", `filter: { job: ["jenkins-core/job_7"] }`, 30],
    ["a filter by cause", `filter: { cause: [MANUAL] }`, 0],
    ["a filter by text of an error", `filter: { text: "Out of balance" }`, 240],
    ["a filter by a time long past", `filter: { startedBefore: "2020-01-01" }`, 0],
  ])("narrows runs by %s", async (_name, argument, count) => {
    const { data } = await ask(`{ runs(first: 500, ${argument}) { edges { node { id } } pageInfo { hasNextPage } } }`);
    expect(data.runs.edges.length).toBe(Math.min(count, 500));
    expect(data.runs.pageInfo.hasNextPage).toBe(count > 500);
  });

  it("tells of a change another connection committed", async () => {
    const address = (await api.listen()).replace("http", "ws");
    const client = createClient({
      url: `${address}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { token },
      retryAttempts: 0,
    });
    const events = client.iterate<{ runChanged: { externalId: string } }>({
      query: "subscription { runChanged { externalId } }",
    });
    const first = events.next();
    await eventually(async () => (await api.metrics.subscriptionsActive.get()).values[0]?.value === 1);
    const { rows } = await sql<{
      source_id: number;
      id: number;
    }>`select source_id, id from run where external_id = 'run_9'`.execute(database.db);
    await announceChanges(
      database.db,
      rows.map(({ source_id, id }) => ({ sourceId: source_id, runs: [id] })),
    );
    expect((await first).value).toEqual({ data: { runChanged: { externalId: "run_9" } } });
    await client.dispose();
  });
});
