import { describe, expect, it } from "vitest";
import type { ImportErrors } from "../../../../adapters/airflow/import-errors.ts";
import { runIdOf } from "../../../../adapters/airflow/ours.ts";
import { jobPage, runPage } from "../../../../adapters/airflow/pages.ts";
import { type Site, toCause, toJob, toRun, toState } from "../../../../adapters/airflow/translate.ts";
import { corpus } from "./corpus.ts";
import { dag, run } from "./rows.ts";

const V1: Site = { root: "https://air.test/airflow", api: "v1" };
const V2: Site = { root: "https://air.test/airflow", api: "v2" };
const NO_ERRORS: ImportErrors = { files: [], of: () => null };
const readAt = new Date("2026-11-21T03:00:00Z");

describe("the states of a run", () => {
  it.each([
    ["queued", "queued", "run.queued"],
    ["running", "running", "run.running"],
    ["success", "succeeded", "run.success"],
    ["failed", "failed", "run.failed"],
    ["up_for_retry", "unknown", "no-rule"],
    ["restarting", "unknown", "no-rule"],
    ["constructor", "unknown", "no-rule"],
  ])("maps %s to %s by the rule %s", (word, state, rule) => {
    expect(toState({ state: word, note: null })).toEqual({ state, native: { word, rule } });
  });

  it("knows nothing where there is no word", () => {
    expect(toState({ state: null, note: null })).toEqual({
      state: "unknown",
      native: { word: "none", rule: "no-rule" },
    });
  });

  it.each([
    ["cancelled via Tutti 7f3c", "cancelled", "run.failed.our-note"],
    ["checked by ops\ncancelled via Tutti", "cancelled", "run.failed.our-note"],
    ["it was not cancelled via Tutti", "failed", "run.failed"],
    ["cancelled via Tuttifrutti", "failed", "run.failed"],
    [`${"x".repeat(1_000)}\ncancelled via Tutti`, "failed", "run.failed"],
    [null, "failed", "run.failed"],
  ])("reads a failed run with the note %j as %s", (note, state, rule) => {
    expect(toState({ state: "failed", note })).toEqual({ state, native: { word: "failed", rule } });
  });

  it("takes our note on a green run for no cancellation", () => {
    expect(toState({ state: "success", note: "cancelled via Tutti 7f3c" }).state).toBe("succeeded");
  });
});

describe("the cause of a run", () => {
  it.each([
    [{ run_type: "scheduled" }, "schedule"],
    [{ run_type: "backfill" }, "backfill"],
    [{ run_type: "dataset_triggered" }, "trigger"],
    [{ run_type: "asset_triggered" }, "trigger"],
    [{ run_type: "asset_materialization" }, "manual"],
    [{ run_type: "manual" }, "manual"],
    [{ run_type: "manual", triggered_by: "ui" }, "manual"],
    [{ run_type: "manual", triggered_by: "cli" }, "manual"],
    [{ run_type: "manual", triggered_by: "rest_api" }, "manual"],
    [{ run_type: "manual", triggered_by: "test" }, "manual"],
    [{ run_type: "manual", triggered_by: "operator" }, "trigger"],
    [{ run_type: "manual", triggered_by: "asset" }, "trigger"],
    [{ run_type: "manual", triggered_by: "timetable" }, "schedule"],
    [{ run_type: "manual", triggered_by: "backfill" }, "backfill"],
    [{ run_type: "invented" }, "unknown"],
    [{ external_trigger: true }, "manual"],
    [{ external_trigger: false }, "unknown"],
    [{}, "unknown"],
  ])("reads %j as %s", (fields, kind) => {
    expect(toCause(run(fields))).toEqual({ kind, by: null, key: null });
  });

  it("names the user where 3.1 tells", () => {
    expect(toCause(run({ run_type: "manual", triggering_user_name: "ada" }))).toMatchObject({
      kind: "manual",
      by: "ada",
    });
  });

  it("finds our key in the run's id", () => {
    expect(toCause(run({ dag_run_id: runIdOf("w7.load.1"), run_type: "manual" }))).toMatchObject({
      kind: "us",
      key: "w7.load.1",
    });
  });
});

describe("a run", () => {
  it("keeps what 2.x answers", () => {
    const [row] = (corpus("v1-dagRuns.json") as { dag_runs: object[] }).dag_runs;
    expect(toRun(run(row), V1)).toEqual({
      jobId: "TEST_DAG_ID",
      runId: "TEST_DAG_RUN_ID_1",
      formerly: null,
      state: "running",
      native: { word: "running", rule: "run.running" },
      cause: { kind: "manual", by: null, key: null },
      parameters: {},
      error: null,
      queuedAt: null,
      startedAt: new Date("2020-06-11T18:00:00Z"),
      endedAt: null,
      url: "https://air.test/airflow/dags/TEST_DAG_ID/grid?dag_run_id=TEST_DAG_RUN_ID_1",
    });
  });

  it("keeps what 3.x answers, a null conf included", () => {
    const runs = (corpus("v2-dagRuns.json") as { dag_runs: object[] }).dag_runs.map((row) => toRun(run(row), V2));
    expect(runs.map(({ runId, parameters }) => [runId, parameters])).toEqual([
      ["run_before_filter", null],
      ["run_in_range", { batch: 42, env: "prod" }],
      ["run_tagged_dag", null],
      ["run_multi_tagged_dag", null],
    ]);
    expect(runs[1]).toMatchObject({
      state: "succeeded",
      cause: { kind: "manual", by: "admin", key: null },
      startedAt: new Date("2025-01-15T00:00:00Z"),
      endedAt: new Date("2025-01-15T00:00:01Z"),
      url: "https://air.test/airflow/dags/test_dag/runs/run_in_range",
    });
  });

  it("reads a queued time where there is one", () => {
    expect(toRun(run({ queued_at: "2026-01-01T00:00:00.000001Z" }), V2).queuedAt).toEqual(
      new Date("2026-01-01T00:00:00Z"),
    );
  });

  it.each(["a+b", "a:b", "a~b", "100%", "x/y", "daily report", "日次"])(
    "names %s in its address without loss",
    (id) => {
      const url = new URL(toRun(run({ dag_id: id, dag_run_id: id }), V2).url ?? "");
      expect(url.pathname.split("/").map(decodeURIComponent)).toEqual(["", "airflow", "dags", id, "runs", id]);
      const old = new URL(toRun(run({ dag_id: id, dag_run_id: id }), V1).url ?? "");
      expect(old.searchParams.get("dag_run_id")).toBe(id);
    },
  );

  it("leaves a huge conf out and says so", () => {
    const { parameters } = toRun(run({ conf: { blob: "x".repeat(5_000_000) } }), V2);
    expect(parameters).toMatchObject({ "left out": "5000011 bytes" });
    expect(JSON.stringify(parameters).length).toBeLessThan(2_000);
  });

  it("ignores fields it does not know and fields of a wrong type", () => {
    const odd = { brand_new: { deep: [] }, note: 7, external_trigger: "yes", start_date: 12, triggered_by: [] };
    expect(toRun(run(odd), V2)).toMatchObject({ state: "running", startedAt: null });
  });
});

describe("rows that are odd", () => {
  interface Odd {
    readonly dag_run: { readonly dag_id: string | null; readonly dag_run_id: string };
    readonly expected?: string;
  }
  const { rows } = corpus("misc-dag-runs.json") as { rows: Odd[] };
  const page = runPage({ rows: rows.map((row) => row.dag_run), total: null, readAt }, V1);

  it("rejects a run of no DAG and keeps the list", () => {
    expect(page.items).toHaveLength(4);
    expect(page.rejected).toEqual([
      {
        kind: "run",
        id: "scheduled__2026-05-31T00:00:00+00:00",
        reason: expect.stringContaining("dag_id"),
        sample: rows[1]?.dag_run,
      },
    ]);
  });

  it("reports a state of tasks as unknown", () => {
    expect(page.items[1]).toMatchObject({ state: "unknown", native: { word: "up_for_retry", rule: "no-rule" } });
  });

  it("keeps a run whose dates are none", () => {
    expect(page.items[2]).toMatchObject({ state: "succeeded", startedAt: null, endedAt: null });
  });

  it("writes a blank in a DAG's id as %20", () => {
    expect(page.items[3]?.url).toBe(
      "https://air.test/airflow/dags/daily%20report/grid?dag_run_id=scheduled__2026-08-29",
    );
  });

  it("rejects a name that no URL can carry, and keeps the list", () => {
    const dags = jobPage({ rows: [{ dag_id: "a\ud800" }, { dag_id: "a\u{1f600}" }], total: 2, readAt }, V2, NO_ERRORS);
    expect([dags.items.map(({ id }) => id), dags.rejected[0]?.reason]).toEqual([
      ["a\u{1f600}"],
      "dag_id: is no valid Unicode",
    ]);
    const rows = [
      { dag_id: "a", dag_run_id: "\udc00" },
      { dag_id: "a", dag_run_id: "b" },
    ];
    expect(runPage({ rows, total: 2, readAt }, V2).items).toHaveLength(1);
  });

  it("rejects what is no row at all", () => {
    const { items, rejected } = runPage({ rows: [null, 7, "x", [], {}], total: null, readAt }, V2);
    expect([items.length, rejected.length]).toEqual([0, 5]);
  });
});

describe("a job", () => {
  it("keeps what 3.x answers", () => {
    const { dags } = corpus("v2-dags.json") as { dags: object[] };
    const page = jobPage({ rows: dags, total: 2, readAt }, V2, NO_ERRORS);
    expect(page.rejected).toEqual([]);
    expect(page.items[0]).toEqual({
      id: "tutorial_taskflow_api_failed",
      name: "tutorial_taskflow_api_failed",
      path: [],
      description: null,
      schedule: null,
      paused: false,
      owner: "airflow",
      tags: ["example"],
      url: "https://air.test/airflow/dags/tutorial_taskflow_api_failed",
      capabilities: null,
      handOff: "keyed",
      problem: null,
    });
  });

  it.each([
    [{ is_stale: true }, "no longer parsed"],
    [{ is_active: false }, "no longer parsed"],
    [{ is_stale: false }, null],
    [{ is_active: true }, null],
    [{ is_active: null }, null],
    [{}, null],
    [{ has_import_errors: true }, "import error: see the import errors in Airflow"],
  ])("sees in %j the problem %j", (fields, problem) => {
    expect(toJob(dag(fields), V2, null).problem).toBe(problem);
  });

  it("gives the reason why a file cannot be imported", () => {
    const of = ({ fileloc }: { readonly fileloc?: string | null | undefined }) =>
      fileloc === "/dags/a.py" ? "ModuleNotFoundError: No module named 'pandas'" : null;
    const errors: ImportErrors = { files: ["/dags/a.py"], of };
    const rows = [{ dag_id: "a", fileloc: "/dags/a.py", is_stale: true, has_import_errors: true }];
    expect(jobPage({ rows, total: 1, readAt }, V2, errors).items[0]?.problem).toBe(
      "no longer parsed; import error: ModuleNotFoundError: No module named 'pandas'",
    );
  });

  it("shows the display name and keeps the id", () => {
    expect(toJob(dag({ dag_display_name: "Load the ledger" }), V2, null)).toMatchObject({
      id: "load_ledger",
      name: "Load the ledger",
    });
  });

  it("skips sub-DAGs without rejecting them", () => {
    const rows = [{ dag_id: "a" }, { dag_id: "a.sub", is_subdag: true }];
    const page = jobPage({ rows, total: 2, readAt }, V1, NO_ERRORS);
    expect([page.items.map(({ id }) => id), page.rejected]).toEqual([["a"], []]);
  });

  it("rejects a DAG that cannot name itself", () => {
    const page = jobPage({ rows: [{ dag_id: null }, { dag_id: "a" }], total: 2, readAt }, V1, NO_ERRORS);
    expect(page.items).toHaveLength(1);
    expect(page.rejected).toEqual([
      { kind: "job", id: null, reason: expect.stringContaining("dag_id"), sample: { dag_id: null } },
    ]);
  });

  it("points to the page of its API", () => {
    const links = (corpus("client-expectations.json") as { ui_links: { v1_dag: string; v2_dag: string } }).ui_links;
    const expected = (template: string) => `https://air.test/airflow${template.replace("{id}", "load_ledger")}`;
    expect(toJob(dag(), V1, null).url).toBe(expected(links.v1_dag));
    expect(toJob(dag(), V2, null).url).toBe(expected(links.v2_dag));
  });
});
