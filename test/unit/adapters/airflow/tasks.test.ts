import { describe, expect, it } from "vitest";
import { toLinks } from "../../../../adapters/airflow/links.ts";
import { chooseTasks } from "../../../../adapters/airflow/log.ts";
import { withoutSecrets } from "../../../../adapters/airflow/outputs.ts";
import { type AirflowTask, assetRow, taskRow } from "../../../../adapters/airflow/rows.ts";
import { toPart, toTaskState } from "../../../../adapters/airflow/tasks.ts";
import { corpus } from "./corpus.ts";

function partOf(file: string) {
  return toPart(taskRow.parse(corpus(file)));
}

describe("a task instance", () => {
  it("of the collected answers becomes a part", () => {
    expect(partOf("v2-taskInstance-running.json")).toEqual({
      id: "print_the_context",
      name: "print_the_context",
      state: "running",
      native: { word: "running", rule: "task.running" },
      attempt: 0,
      startedAt: new Date("2020-01-02T00:00:00Z"),
      endedAt: new Date("2020-01-03T00:00:00Z"),
    });
    expect(partOf("v2-taskInstance-deferred.json")).toMatchObject({
      state: "waiting",
      native: { word: "deferred", rule: "task.deferred" },
    });
    expect(partOf("v2-taskInstance-none-state.json")).toMatchObject({
      id: "task1",
      name: "print_the_context",
      state: "queued",
      native: { word: "none", rule: "task.none" },
      startedAt: null,
    });
  });

  it.each([
    ["none", "queued"],
    ["scheduled", "queued"],
    ["queued", "queued"],
    ["running", "running"],
    ["restarting", "running"],
    ["deferred", "waiting"],
    ["up_for_reschedule", "waiting"],
    ["up_for_retry", "waiting"],
    ["success", "succeeded"],
    ["failed", "failed"],
    ["upstream_failed", "failed"],
    ["skipped", "skipped"],
    ["removed", "unknown"],
  ])("that is %s is %s", (word, state) => {
    expect(toTaskState(word)).toEqual({ state, native: { word, rule: `task.${word}` } });
  });

  it("in a state nobody knows is unknown, and keeps its word", () => {
    expect(toTaskState("awaiting_input")).toEqual({
      state: "unknown",
      native: { word: "awaiting_input", rule: "no-rule" },
    });
    expect(toTaskState("constructor").state).toBe("unknown");
  });

  it("of a mapped task is known by its place, and named by its label", () => {
    const row = {
      dag_id: "d",
      task_id: "load",
      map_index: 2,
      rendered_map_index: "march",
      task_display_name: "Load it",
    };
    expect(toPart(taskRow.parse(row))).toMatchObject({ id: "load[2]", name: "Load it[march]" });
    expect(toPart(taskRow.parse({ ...row, map_index: -1 }))).toMatchObject({ id: "load", name: "Load it" });
  });
});

describe("the tasks whose logs are read", () => {
  const task = (task_id: string, state: string, minute: number, try_number = 1): AirflowTask =>
    taskRow.parse({ dag_id: "d", task_id, state, try_number, start_date: `2026-11-21T03:${10 + minute}:00Z` });
  const all = [task("c", "failed", 3), task("a", "success", 1), task("b", "running", 2), task("d", "queued", 4, 0)];
  const chosen = (state: string) => chooseTasks(all, { state }).map(({ task_id }) => task_id);

  it("are those that failed, or run, or all that began, in their order", () => {
    expect(chosen("failed")).toEqual(["c"]);
    expect(chosen("running")).toEqual(["b"]);
    expect(chosen("success")).toEqual(["a", "b", "c"]);
  });

  it("are a few of many, the last ones", () => {
    const many = Array.from({ length: 9 }, (_, at) => task(`t${at}`, "success", at));
    expect(chooseTasks(many, { state: "success" }).map(({ task_id }) => task_id)).toEqual([
      "t4",
      "t5",
      "t6",
      "t7",
      "t8",
    ]);
  });
});

describe("an asset", () => {
  it("is one edge for a DAG, whatever 2.x and 3.x call it", () => {
    const reads = { kind: "data", jobId: "report", access: "reads", data: "s3://x" };
    const writes = { kind: "data", jobId: "load", access: "writes", data: "s3://x" };
    const producing_tasks = [
      { dag_id: "load", task_id: "a" },
      { dag_id: "load", task_id: "b" },
    ];
    const old = { uri: "s3://x", producing_tasks, consuming_dags: [{ dag_id: "report" }] };
    const young = {
      ...old,
      consuming_dags: undefined,
      scheduled_dags: [{ dag_id: "report" }],
      consuming_tasks: [{ dag_id: "report" }],
    };
    for (const row of [old, young]) expect(toLinks(assetRow.parse(row))).toEqual([writes, reads]);
  });
});

describe("an output", () => {
  it("keeps its secrets to itself, however deep they lie", () => {
    expect(withoutSecrets({ rows: 3, inner: [{ db_password: "x", Access_Token: { a: 1 }, name: "n" }] })).toEqual({
      rows: 3,
      inner: [{ db_password: "[redacted]", Access_Token: "[redacted]", name: "n" }],
    });
  });
});
