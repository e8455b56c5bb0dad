/** The released specs judge what the adapter asks and what the sandbox answers, version by version. */
import { describe, expect, it, onTestFinished } from "vitest";
import { airflow } from "../../adapters/airflow/index.ts";
import { type AirflowSandbox, openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import type { Exchange } from "../../adapters/airflow/sandbox/server.ts";
import type { Remote } from "../../src/adapter/contract.ts";
import { createHost } from "../../src/adapter/host.ts";
import { createSecrets } from "../../src/adapter/secrets.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { readSpec } from "./airflow/spec.ts";
import { collect, signal } from "./airflow/stage.ts";

/** Where a spec is wrong about the server it ships with, or leaves something out that every server does. */
interface KnownError {
  readonly of: RegExp;
  readonly exchange: RegExp;
  readonly complaint: RegExp;
  readonly reason: string;
}

const KNOWN_ERRORS: readonly KnownError[] = [
  {
    of: /^v1/,
    exchange: /./,
    complaint: /^answer \d+ is application\/problem\+json$/,
    reason: "every refusal of 2.x is problem+json (RFC 9457); the spec writes application/json",
  },
  {
    of: /^v1/,
    exchange: /^GET \/api\/v1\/dags(\/~\/dagRuns)?\?/,
    complaint: /^answer 400 is not known$/,
    reason:
      "2.x refuses a parameter it cannot read, and an order it does not allow, with 400; the spec lists none for lists",
  },
];

const VERSIONS = [
  ["v1", "2.9.0"],
  ["v1", "2.10.0"],
  ["v2", "3.0.2"],
  ["v2", "3.1.0"],
  ["v2", "3.2.1"],
] as const;

describe.each(VERSIONS)("the released spec of %s, %s", (api, version) => {
  const spec = readSpec(`airflow-${api}-${version}.openapi.yaml`, `/api/${api}`);
  const base = `/api/${api}`;

  async function open(exchanges: Exchange[]): Promise<AirflowSandbox> {
    const sandbox = await openAirflowSandbox({ api, version, onExchange: (exchange) => exchanges.push(exchange) });
    onTestFinished(() => sandbox.close());
    fill(sandbox);
    return sandbox;
  }

  /** The part of the talk that the spec is about: neither the login nor the search for the version. */
  function judged(exchanges: readonly Exchange[]): string[] {
    const own = exchanges.filter(({ url }) => url.startsWith(`${base}/`));
    expect(own.length).toBeGreaterThan(5);
    return own.flatMap((exchange) => {
      const what = `${exchange.method} ${exchange.url}`;
      return (
        spec
          .complaints(exchange)
          // Asked wrongly on purpose: only how it was refused is of interest.
          .filter((complaint) => complaint.startsWith("answer") || ![400, 422].includes(exchange.status))
          .filter((complaint) => !KNOWN_ERRORS.some((error) => isMetBy(error, `${api} ${version}`, what, complaint)))
          .map((complaint) => `${what}: ${complaint}`)
      );
    });
  }

  it("knows all that the adapter asks, and its answers", async () => {
    const exchanges: Exchange[] = [];
    await readAll(await open(exchanges));
    // 404: the other API while the version is sought, and one run that is gone.
    expect(new Set(exchanges.map(({ status }) => status))).toEqual(
      new Set(api === "v1" ? [200, 404] : [200, 201, 404]),
    );
    expect(judged(exchanges)).toEqual([]);
  });

  it("knows all that the adapter does, and its answers", async () => {
    const exchanges: Exchange[] = [];
    await actOnAll(await open(exchanges), api);
    expect(judged(exchanges)).toEqual([]);
  });

  it("knows every refusal", async () => {
    const exchanges: Exchange[] = [];
    const sandbox = await open(exchanges);
    await beRefused(sandbox, base, version);
    expect(new Set(exchanges.map(({ status }) => status))).toEqual(
      new Set(api === "v1" ? [200, 400, 401, 403, 404, 409] : [200, 201, 400, 401, 403, 404, 409, 422]),
    );
    expect(judged(exchanges)).toEqual([]);
  });

  it("would notice an invented field, parameter, path and status", () => {
    const exchange: Exchange = {
      method: "GET",
      url: `${base}/version`,
      body: undefined,
      status: 200,
      contentType: "application/json",
      answer: { version, git_version: null },
    };
    expect(spec.complaints(exchange)).toEqual([]);
    expect(spec.complaints({ ...exchange, answer: { version, invented: 1 } })).toEqual([
      expect.stringContaining("invented"),
    ]);
    expect(spec.complaints({ ...exchange, answer: { version: 7 } })).toEqual([expect.stringContaining("string")]);
    expect(spec.complaints({ ...exchange, url: `${base}/versions` })).toEqual(["no such path"]);
    expect(spec.complaints({ ...exchange, url: `${base}/version?x=1` })).toEqual(["query x is not known"]);
    expect(spec.complaints({ ...exchange, status: 418 })).toEqual(["answer 418 is not known"]);
    const list = {
      ...exchange,
      url: `${base}/dags/~/dagRuns?limit=ten`,
      answer: { dag_runs: [{ updated_at: "x" }], total_entries: 1 },
    };
    expect(spec.complaints(list)).toEqual(
      expect.arrayContaining([expect.stringContaining("updated_at"), expect.stringContaining("query limit")]),
    );
  });
});

describe("the list of known errors", () => {
  it("gives a reason for each", () => {
    for (const { reason } of KNOWN_ERRORS) expect(reason.length).toBeGreaterThan(20);
  });
});

function isMetBy(error: KnownError, version: string, what: string, complaint: string): boolean {
  return error.of.test(version) && error.exchange.test(what) && error.complaint.test(complaint);
}

/** One of everything the sandbox can show. */
function fill({ world }: AirflowSandbox): void {
  world.addJob({ id: "cron", schedule: "0 2 * * *", tags: ["nightly", "ledger"], description: "loads" });
  world.addJob({ id: "paused one", schedule: "@daily", paused: true });
  world.addJob({ id: "by_hand", schedule: null, owners: [] });
  world.addJob({ id: "by_data", schedule: "Asset" });
  world.addJob({ id: "broken", schedule: "0 3 * * *", stale: true, importError: "SyntaxError: invalid syntax" });
  world.addJob({
    id: "delta",
    interval: { __type: "TimeDelta", days: 1, seconds: 0, microseconds: 0 },
    schedule: "1 day",
  });
  for (let at = 0; at < 120; at++) {
    const state = (["queued", "running", "succeeded", "failed", "cancelled"] as const)[at % 5] ?? "queued";
    const runType = ["manual", "scheduled", "backfill", "asset_triggered"][at % 4] ?? "manual";
    world.addRun({ jobId: "cron", runId: `r:${at}+~`, state, runType, parameters: at % 2 === 0 ? { n: at } : {} });
  }
}

function connect(sandbox: AirflowSandbox): Remote {
  const remote = airflow.connect(
    airflow.config.parse(sandbox.config),
    createHost({
      source: "spec",
      clock: systemClock,
      log: silentLog,
      metrics: createMetrics(),
      secrets: createSecrets({ env: sandbox.secrets }),
    }),
  );
  onTestFinished(() => remote.close?.());
  return remote;
}

/** Everything that can be asked for. */
async function actOnAll(sandbox: AirflowSandbox, api: string): Promise<void> {
  const remote = connect(sandbox);
  const { world } = sandbox;
  const request = { jobId: "cron", key: "k1", parameters: { a: 1 }, note: "asked by the spec" };
  const run = (await remote.start?.(request, signal))?.run ?? { jobId: "", runId: "" };
  await remote.start?.(request, signal);
  await remote.find?.({ jobId: "cron", key: "k1", sentAfter: new Date(0), taken: [] }, signal);
  world.setRun(run.jobId, run.runId, { state: "running" });
  await remote.cancel?.(run, "asked by the spec", signal);
  await remote.retry?.({ run, key: "k2", note: null }, signal);
  world.setRun(run.jobId, run.runId, { state: "failed" });
  await remote.retry?.({ run, key: "k3", note: null }, signal);
  await remote.pause?.("cron", signal);
  await remote.resume?.("cron", signal);

  const ended = { jobId: "cron", runId: world.addRun({ jobId: "cron", state: "succeeded" }) };
  expect((await remote.log?.(ended, { tail: 1_000 }, signal))?.text).toContain("began");
  expect(await remote.outputs?.(ended, signal)).toMatchObject({ main: { return_value: expect.anything() } });
  expect(await remote.parts?.(ended, signal)).toHaveLength(1);

  world.addAsset({ uri: "s3://x", producers: [{ dagId: "cron", taskId: "main" }], consumers: ["by_data"] });
  expect(remote.links && (await collect(remote.links(signal)))).toHaveLength(2);
  const open = world.addRun({ jobId: "cron", state: "running" });
  world.addDecision({ jobId: "cron", runId: open, subject: "Pay?", body: null, options: ["Yes"], asked: ["kim"] });
  const asks = api === "v2" && !sandbox.version.startsWith("3.0.");
  expect(remote.gates && (await collect(remote.gates(signal)))).toHaveLength(asks ? 1 : 0);
}

/** Everything a reader of Tutti asks. */
async function readAll(sandbox: AirflowSandbox): Promise<void> {
  const remote = connect(sandbox);
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
  await remote.probe(signal);
  expect(await collect(remote.jobs(signal))).toHaveLength(6);
  expect(await collect(remote.runs(from, signal))).toHaveLength(120);
  expect(await collect(remote.open(signal))).toHaveLength(48);
  const past = await collect(remote.history({ from, to }, signal));
  expect((await remote.observe([...past.slice(0, 30), { jobId: "cron", runId: "gone" }], signal)).items).toHaveLength(
    30,
  );
}

/** Every way to hear no, and the questions that only others ask. */
async function beRefused(sandbox: AirflowSandbox, base: string, version: string): Promise<void> {
  const { url, config, secrets, quirks } = sandbox;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { "content-type": "application/json", ...init.headers } });
  const headers = { authorization: await headerFor(url, base, config, secrets) };
  const get = (path: string) => ask(`${base}${path}`, { headers });
  const post = (path: string, body: object) =>
    ask(`${base}${path}`, { method: "POST", headers, body: JSON.stringify(body) });

  await ask(`${base}/dags`);
  await get("/dags/cron");
  await get("/dags/none");
  if (version !== "2.9.0") {
    await get(base === "/api/v1" ? "/dagStats?dag_ids=cron,by_hand" : "/dagStats?dag_ids=cron&dag_ids=by_hand");
  }
  await get("/dags/cron/dagRuns/none");
  await post("/dags/cron/dagRuns", { dag_run_id: "tutti__1", logical_date: null, conf: { a: 1 } });
  await post("/dags/cron/dagRuns", { dag_run_id: "tutti__1", logical_date: null });
  await post("/dags/cron/dagRuns", { dag_run_id: "tutti__2", logical_date: "2026-01-01T00:00:00Z" });
  await post("/dags/cron/dagRuns", { dag_run_id: "tutti__3", logical_date: "2026-01-01T00:00:00Z" });
  await post("/dags/cron/dagRuns", { dag_run_id: "scheduled__1", logical_date: null });
  await post("/dags/cron/dagRuns", { dag_run_id: "a b", logical_date: null });
  await post("/dags/none/dagRuns", { dag_run_id: "tutti__4", logical_date: null });
  await get("/dags?limit=many");
  await post("/dags/cron/dagRuns", { dag_run_id: "tutti__5", logical_date: null, invented: true });
  await get("/dags/~/dagRuns?updated_at_gte=yesterday");
  quirks.forbidden.add("dagRuns").add("importErrors");
  await get("/dags/cron/dagRuns/r:1+~");
  await get("/importErrors");
}

async function headerFor(
  url: string,
  base: string,
  config: unknown,
  secrets: AirflowSandbox["secrets"],
): Promise<string> {
  const { username } = (config as { readonly auth: { readonly username: string } }).auth;
  const password = Object.values(secrets)[0] ?? "";
  if (base === "/api/v1") return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const body = JSON.stringify({ username, password });
  const answer = await fetch(`${url}/auth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return `Bearer ${((await answer.json()) as { readonly access_token: string }).access_token}`;
}
