/** What stands below one run: task instances, their logs, and what they handed on. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Json } from "../../../src/model/json.ts";
import { QueryReader, type RawQuery } from "./query.ts";
import type { RunRow } from "./rows.ts";
import type { Server } from "./server.ts";
import { taskBody } from "./task-body.ts";
import type { TaskRow } from "./tasks.ts";

interface RunPath {
  readonly dagId: string;
  readonly runId: string;
}

interface TaskPath extends RunPath {
  readonly taskId: string;
}

export function taskRoutes(app: FastifyInstance, server: Server): void {
  const { db, quirks } = server;
  const tasksUnder = "/dags/:dagId/dagRuns/:runId/taskInstances";

  function runsOf({ dagId, runId }: RunPath): readonly RunRow[] {
    if (quirks.forbidden.has("taskInstances")) throw server.tongue.refuse(403, "Forbidden");
    if (dagId === "~" || runId === "~") return db.runs.all();
    const run = db.runs.get(dagId, runId);
    if (!run) throw server.tongue.refuse(404, `DagRun with run_id: \`${runId}\` was not found`);
    return [run];
  }

  function taskOf(path: TaskPath, query: RawQuery): { readonly run: RunRow; readonly task: TaskRow } {
    const mapIndex = Number(query["map_index"] ?? -1);
    const found = runsOf(path)
      .flatMap((run) => db.tasks.of(run).map((task) => ({ run, task })))
      .find(({ task }) => task.taskId === path.taskId && task.mapIndex === mapIndex);
    if (!found) throw server.tongue.refuse(404, "TaskInstance not found");
    return found;
  }

  app.get<{ Params: RunPath }>(tasksUnder, ({ params, query }) => {
    const asked = new QueryReader(query as RawQuery, server.tongue, "taskInstances");
    const { offset, limit } = asked.window(quirks.largestPage);
    const states = asked.set("state");
    const all = runsOf(params)
      .flatMap((run) => db.tasks.of(run).map((task) => ({ run, task })))
      .filter(({ task }) => states === null || states.has(task.state ?? "none"));
    const rows = all.slice(offset, offset + limit).map(({ run, task }) => taskBody(task, run, server));
    return { task_instances: rows, total_entries: all.length };
  });

  app.get<{ Params: TaskPath & { readonly tryNumber: string } }>(
    `${tasksUnder}/:taskId/logs/:tryNumber`,
    ({ params, query, headers }, reply) => {
      const { task } = taskOf(params, query as RawQuery);
      if (Number(params.tryNumber) < 1 || Number(params.tryNumber) > task.tryNumber)
        throw server.tongue.refuse(404, "TaskInstance not found");
      if (quirks.logsAreLost) throw server.tongue.refuse(500, "Could not read served logs");
      return sendLog(reply, task, server, headers.accept ?? "");
    },
  );

  app.get<{ Params: TaskPath }>(`${tasksUnder}/:taskId/xcomEntries`, ({ params, query }) => {
    const asked = new QueryReader(query as RawQuery, server.tongue, "xcomEntries");
    const { offset, limit } = asked.window(quirks.largestPage);
    const all = runsOf(params).flatMap((run) =>
      db.tasks
        .of(run)
        .filter(({ taskId }) => params.taskId === "~" || taskId === params.taskId)
        .flatMap((task) => Object.keys(task.values).map((key) => valueBody(key, task, run, server))),
    );
    return { xcom_entries: all.slice(offset, offset + limit), total_entries: all.length };
  });

  app.get<{ Params: TaskPath & { readonly key: string } }>(
    `${tasksUnder}/:taskId/xcomEntries/:key`,
    ({ params, query }) => {
      const asked = new QueryReader(query as RawQuery, server.tongue, "xcomEntry");
      const { run, task } = taskOf(params, query as RawQuery);
      const value = task.values[params.key];
      if (value === undefined) throw server.tongue.refuse(404, `XCom entry with key: \`${params.key}\` not found`);
      const asText = asked.flag("stringify", server.tongue.api === "v1");
      return { ...valueBody(params.key, task, run, server), value: asText ? printLikePython(value) : value };
    },
  );
}

function sendLog(reply: FastifyReply, task: TaskRow, { tongue }: Server, accept: string): FastifyReply {
  if (tongue.api === "v1") {
    const text = task.log.join("\n");
    if (accept.includes("text/plain")) return reply.type("text/plain; charset=utf-8").send(`worker-1\n${text}\n`);
    return reply.send({ content: `[('worker-1', ${printLikePython(text)})]`, continuation_token: "eyJlbmQiOnRydWV9" });
  }
  const events = ["::group::Log message source details", "::endgroup::", ...task.log].map((event) => ({
    timestamp: null,
    event,
  }));
  if (accept.includes("x-ndjson"))
    return reply.type("application/x-ndjson").send(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const shown = events.map(({ event }) => ({ event }));
  return reply.send({ content: shown, continuation_token: null });
}

function valueBody(key: string, task: TaskRow, run: RunRow, { tongue, db, version }: Server): object {
  const at = new Date(task.endDate ?? db.now()).toISOString();
  const date = run.logicalDate === null ? null : new Date(run.logicalDate).toISOString();
  const body = { key, timestamp: at, map_index: task.mapIndex, task_id: task.taskId, dag_id: run.dagId };
  if (tongue.api === "v1") return { ...body, execution_date: date };
  return {
    ...body,
    run_id: run.runId,
    logical_date: date,
    ...(version.startsWith("3.0.")
      ? {}
      : {
          dag_display_name: db.dags.get(run.dagId)?.displayName ?? run.dagId,
          task_display_name: task.taskId,
        }),
    ...(/^3\.[01]\./.test(version) ? {} : { run_after: new Date(run.runAfter).toISOString() }),
  };
}

function printLikePython(value: Json): string {
  if (typeof value === "string")
    return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(printLikePython).join(", ")}]`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${printLikePython(key)}: ${printLikePython(inner)}`);
  return `{${entries.join(", ")}}`;
}
