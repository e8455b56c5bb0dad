/** What changes a DAG or a run: pause, set failed, set the note, clear. */
import type { FastifyInstance } from "fastify";
import type { DagRow, RunRow } from "./rows.ts";
import type { Server } from "./server.ts";
import { cleansUp, failTasks, isCleared } from "./tasks.ts";
import { taskBody, taskReference } from "./task-body.ts";

interface RunPath {
  readonly dagId: string;
  readonly runId: string;
}

type Form = Readonly<Record<string, unknown>>;

const LONGEST_NOTE = 1_000;

export function actRoutes(app: FastifyInstance, server: Server): void {
  const { db, quirks } = server;

  function dagOf(dagId: string): DagRow {
    const dag = db.dags.get(dagId);
    if (!dag) throw server.tongue.refuse(404, `Dag with id: '${dagId}' was not found`);
    return dag;
  }

  function runOf({ dagId, runId }: RunPath): RunRow {
    if (quirks.forbidden.has("dagRuns")) throw server.tongue.refuse(403, "Forbidden");
    const run = db.runs.get(dagId, runId);
    if (!run)
      throw server.tongue.refuse(404, `The DagRun with dag_id: \`${dagId}\` and run_id: \`${runId}\` was not found`);
    return run;
  }

  function formOf(body: unknown, known: readonly string[]): Form {
    const form = (body ?? {}) as Form;
    const odd = Object.keys(form).find((key) => !known.includes(key));
    if (odd !== undefined) throw server.tongue.invalid(["body", odd], "Extra inputs are not permitted");
    return form;
  }

  function setNote(run: RunRow, note: unknown): void {
    if (typeof note !== "string" || note.length > LONGEST_NOTE)
      throw server.tongue.invalid(["body", "note"], `String should have at most ${LONGEST_NOTE} characters`);
    db.runs.update(run, { note, updatedAt: db.now() });
  }

  function setState(run: RunRow, state: unknown): void {
    if (!["queued", "success", "failed"].includes(String(state)))
      throw server.tongue.invalid(["body", "state"], `'${String(state)}' is not one of 'queued', 'success', 'failed'`);
    if (db.dags.get(run.dagId)?.stale !== false) {
      // 2.x finds no code to go by, and says that all is well.
      if (server.tongue.api === "v1") return;
      throw server.tongue.refuse(404, `The Dag with ID: \`${run.dagId}\` was not found`);
    }
    const tasks = state === "failed" ? failTasks(db.tasks.of(run), db.now()) : db.tasks.of(run);
    db.tasks.put(run, tasks);
    if (state === "failed" && cleansUp(tasks)) return;
    const endDate = state === "queued" ? null : db.now();
    db.runs.update(run, { state: String(state), endDate, updatedAt: db.now() });
  }

  app.patch<{ Params: { readonly dagId: string } }>("/dags/:dagId", ({ params, body }) => {
    if (quirks.forbidden.has("dags")) throw server.tongue.refuse(403, "Forbidden");
    const dag = dagOf(params.dagId);
    const { is_paused: paused } = formOf(body, ["is_paused"]);
    if (typeof paused !== "boolean") throw server.tongue.invalid(["body", "is_paused"], "Input should be a boolean");
    db.dags.put({ ...dag, paused });
    return server.tongue.dag({ ...dag, paused }, db.now());
  });

  app.patch<{ Params: RunPath }>("/dags/:dagId/dagRuns/:runId", ({ params, body }) => {
    const run = runOf(params);
    const form = formOf(body, server.tongue.api === "v1" ? ["state"] : ["state", "note"]);
    if (form["state"] !== undefined) setState(run, form["state"]);
    if (form["note"] !== undefined) setNote(run, form["note"]);
    return server.run(run);
  });

  app.patch<{ Params: RunPath }>("/dags/:dagId/dagRuns/:runId/setNote", ({ params, body }) => {
    if (server.tongue.api !== "v1") throw server.tongue.refuse(404, "Not Found");
    const run = runOf(params);
    setNote(run, formOf(body, ["note"])["note"]);
    return server.run(run);
  });

  app.post<{ Params: { readonly dagId: string } }>("/dags/:dagId/clearTaskInstances", ({ params: { dagId }, body }) => {
    if (dagOf(dagId).stale) throw server.tongue.refuse(404, `Dag id ${dagId} not found`);
    const form = formOf(body, ["dry_run", "reset_dag_runs", "dag_run_id", "only_failed", "task_ids"]);
    const run = runOf({ dagId, runId: String(form["dag_run_id"]) });
    const wanted = {
      onlyFailed: form["only_failed"] !== false,
      taskIds: Array.isArray(form["task_ids"]) ? new Set(form["task_ids"].map(String)) : null,
    };
    const cleared = db.tasks.of(run).filter((task) => isCleared(task, wanted));
    // A rehearsal, unless told otherwise.
    if (form["dry_run"] === false && cleared.length > 0) {
      const kept = db.tasks
        .of(run)
        .map((task) =>
          cleared.includes(task)
            ? { ...task, state: null, tryNumber: task.tryNumber, startDate: null, endDate: null, values: {} }
            : task,
        );
      const resets = (form["reset_dag_runs"] ?? server.tongue.api === "v2") === true;
      reopen(run, kept.length === cleared.length ? null : kept, resets);
    }
    if (server.tongue.api === "v1") return { task_instances: cleared.map((task) => taskReference(task, run)) };
    return { task_instances: cleared.map((task) => taskBody(task, run, server)), total_entries: cleared.length };
  });

  function reopen(run: RunRow, tasks: Parameters<typeof db.tasks.put>[1] | null, resets: boolean): void {
    if (tasks === null) db.tasks.forget(run);
    else db.tasks.put(run, tasks);
    if (!resets) return;
    const now = db.now();
    db.runs.update(run, { state: "queued", queuedAt: now, startDate: null, endDate: null, updatedAt: now });
  }
}
