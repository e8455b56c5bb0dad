/** The oddities of Airflow that the sandbox must have, or what passes on it proves nothing. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type AirflowSandboxOptions, openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";

interface RunList {
  readonly dag_runs: readonly Readonly<Record<string, unknown>>[];
  readonly total_entries: number;
}

const SINCE = "2026-11-21T02:00:00Z";

async function open(options: AirflowSandboxOptions) {
  let nowMs = Date.parse("2026-11-21T03:00:00Z");
  const sandbox = await openAirflowSandbox({ now: () => new Date(nowMs), auth: "bearer", ...options });
  onTestFinished(() => sandbox.close());
  const token = Object.values(sandbox.secrets)[0] ?? "";
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const base = `${sandbox.url}/api/${options.api ?? "v2"}`;
  const runs = async (query: string) =>
    (await fetch(`${base}/dags/~/dagRuns?${query}`, { headers })).json() as Promise<RunList>;
  const status = async (query: string) => (await fetch(`${base}/dags/~/dagRuns?${query}`, { headers })).status;
  const start = (body: object) =>
    fetch(`${base}/dags/load/dagRuns`, { method: "POST", headers, body: JSON.stringify(body) });
  return { ...sandbox, runs, status, start, advance: (ms: number) => void (nowMs += ms) };
}

describe("a sandbox of Airflow", () => {
  it("lowers a large page in silence, and has its own usual one", async () => {
    for (const [api, usual] of [
      ["v1", 100],
      ["v2", 50],
    ] as const) {
      const { world, runs } = await open({ api });
      for (let at = 0; at < 130; at++) world.addRun({ jobId: "load", runId: `r${at}`, state: "running" });
      expect((await runs("limit=500")).dag_runs).toHaveLength(100);
      expect((await runs("")).dag_runs).toHaveLength(usual);
      expect((await runs("")).total_entries).toBe(130);
    }
  });

  it("forgets the cap on 3.0 and 3.1", async () => {
    const { world, runs } = await open({ api: "v2", version: "3.1.0" });
    for (let at = 0; at < 130; at++) world.addRun({ jobId: "load", runId: `r${at}`, state: "running" });
    expect((await runs("limit=500")).dag_runs).toHaveLength(130);
  });

  it("filters by updated_at and never shows it", async () => {
    const { world, runs, advance } = await open({ api: "v2" });
    world.addRun({ jobId: "load", runId: "a", state: "running" });
    world.addRun({ jobId: "load", runId: "b", state: "running" });
    advance(60_000);
    world.setRun("load", "a", { state: "succeeded" });
    const { dag_runs } = await runs("updated_at_gte=2026-11-21T03:00:30Z");
    expect(dag_runs.map((run) => run["dag_run_id"])).toEqual(["a"]);
    expect(dag_runs[0]).not.toHaveProperty("updated_at");
  });

  it("takes a missing end for now in 3.x, and leaves it out in 2.x", async () => {
    for (const [api, count] of [
      ["v1", 1],
      ["v2", 2],
    ] as const) {
      const { world, runs } = await open({ api });
      world.addRun({ jobId: "load", runId: "ended", state: "failed" });
      world.addRun({ jobId: "load", runId: "open", state: "running" });
      expect((await runs(`end_date_gte=${SINCE}`)).total_entries).toBe(count);
    }
  });

  it("reads states with a comma in 2.x alone", async () => {
    const [old, young] = [await open({ api: "v1" }), await open({ api: "v2" })];
    for (const { world } of [old, young]) {
      world.addRun({ jobId: "load", state: "running" });
      world.addRun({ jobId: "load", state: "queued" });
      world.addRun({ jobId: "load", state: "failed" });
    }
    expect((await old.runs("state=running,queued")).total_entries).toBe(2);
    expect(await young.status("state=running,queued")).toBe(422);
    expect((await young.runs("state=running&state=queued")).total_entries).toBe(2);
  });

  it("refuses a parameter it does not know in 2.x alone", async () => {
    const [old, young] = [await open({ api: "v1", version: "2.5.3" }), await open({ api: "v2" })];
    expect(await old.status(`updated_at_gte=${SINCE}`)).toBe(400);
    expect(await young.status("invented=1")).toBe(200);
    expect(await old.status("order_by=updated_at")).toBe(400);
    expect(await young.status("order_by=updated_at")).toBe(200);
  });

  it("answers 409 to an id that is taken, and to a date", async () => {
    for (const api of ["v1", "v2"] as const) {
      const { world, start } = await open({ api });
      world.addJob({ id: "load" });
      const first = { dag_run_id: "tutti__1", logical_date: "2026-01-01T00:00:00Z" };
      expect((await start(first)).status).toBe(200);
      expect((await start(first)).status).toBe(409);
      expect((await start({ ...first, dag_run_id: "tutti__2" })).status).toBe(409);
      expect(world.startedWithKey("1")).toEqual(["tutti__1"]);
    }
  });

  it("keeps the id of a run that is cleared, and queues it anew", async () => {
    const { world, runs, advance } = await open({ api: "v2" });
    const runId = world.addRun({ jobId: "load", state: "failed" });
    advance(60_000);
    world.setRun("load", runId, { state: "queued" });
    const [run] = (await runs("")).dag_runs;
    expect(run).toMatchObject({
      dag_run_id: runId,
      state: "queued",
      queued_at: "2026-11-21T03:01:00.000000Z",
      start_date: null,
      end_date: null,
    });
  });

  it("gives out tokens that end", async () => {
    const { url, config, secrets, advance } = await open({ api: "v2", auth: "password" });
    const { username } = (config as { readonly auth: { readonly username: string } }).auth;
    const body = JSON.stringify({ username, password: Object.values(secrets)[0] });
    const post = { method: "POST", headers: { "content-type": "application/json" }, body };
    const { access_token } = (await (await fetch(`${url}/auth/token`, post)).json()) as {
      readonly access_token: string;
    };
    const list = () => fetch(`${url}/api/v2/dags`, { headers: { authorization: `Bearer ${access_token}` } });
    expect((await list()).status).toBe(200);
    advance(86_400_000);
    expect((await list()).status).toBe(401);
  });
});
