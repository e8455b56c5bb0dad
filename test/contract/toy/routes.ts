/** The Toy's HTTP API. Lists come in pages of fifty, with a cursor that survives what changes meanwhile. */
import type { FastifyInstance } from "fastify";
import type { Json } from "../../../src/model/json.ts";
import { ENDED_WORDS, type Execution, type ToyState } from "./state.ts";

const PAGE = 50;

interface ListQuery {
  readonly cursor?: string;
  readonly changed_since?: string;
  readonly from?: string;
  readonly to?: string;
  readonly unfinished?: string;
}

interface StartBody {
  readonly key: string;
  readonly arguments: Json;
}

export function addRoutes(app: FastifyInstance, state: ToyState): void {
  const executions = () => [...state.executions.values()];
  const byKey = (key: string) => executions().find((one) => one.key === key);
  const missing = { message: "no such thing" };

  app.get("/api/about", () => ({ version: "1.4.0", allowed: ["read", "start"] }));

  app.get<{ Querystring: ListQuery }>("/api/tasks", ({ query }) =>
    page([...state.tasks.values()], ({ name }) => name, query.cursor),
  );

  app.patch<{ Params: { name: string }; Body: { enabled: boolean } }>("/api/tasks/:name", ({ params, body }, reply) => {
    const task = state.tasks.get(params.name);
    if (!task) return reply.code(404).send(missing);
    task.enabled = body.enabled;
    return task;
  });

  app.post<{ Params: { name: string }; Body: StartBody }>("/api/tasks/:name/start", ({ params, body }, reply) => {
    if (!state.tasks.has(params.name)) return reply.code(404).send(missing);
    if (byKey(body.key)) return reply.code(409).send({ message: "this key was seen before" });
    const run = { jobId: params.name, state: "queued", parameters: body.arguments } as const;
    return reply.code(201).send(state.addExecution(run, body.key));
  });

  app.get<{ Params: { key: string } }>("/api/tasks/:name/by-key/:key", ({ params }, reply) => {
    return byKey(params.key) ?? reply.code(404).send(missing);
  });

  app.get<{ Querystring: ListQuery }>("/api/executions", ({ query }) => listExecutions(executions(), query));

  // What is asleep waits for somebody to say go.
  app.get<{ Querystring: ListQuery }>("/api/questions", ({ query }) => {
    const asleep = executions().filter(({ state: word }) => word === "asleep");
    return page(
      asleep.map(({ id, task, started_at }) => ({
        execution: id,
        task,
        asks: `May ${task} go on?`,
        since: started_at,
      })),
      ({ execution }) => execution,
      query.cursor,
    );
  });

  // Each task hands its file to the next one.
  app.get<{ Querystring: ListQuery }>("/api/edges", ({ query }) => {
    const names = [...state.tasks.keys()].toSorted();
    const edges = names.slice(1).map((to, at) => ({ from: names[at] ?? "", to, file: `/data/${names[at]}` }));
    return page(edges, ({ to }) => to, query.cursor);
  });

  app.post<{ Body: { ids: readonly string[] } }>("/api/executions/search", ({ body }) => ({
    rows: executions().filter(({ id }) => body.ids.includes(id)),
    next: null,
  }));

  app.post<{ Params: { id: string } }>("/api/executions/:id/stop", ({ params }, reply) => {
    const execution = state.executions.get(params.id);
    if (!execution) return reply.code(404).send(missing);
    if (ENDED_WORDS.includes(execution.state)) return reply.code(409).send({ message: "it has ended" });
    state.change(params.id, { state: "cancelled" });
    return execution;
  });

  app.post<{ Params: { id: string }; Body: { key: string } }>(
    "/api/executions/:id/again",
    ({ params, body }, reply) => {
      const execution = state.executions.get(params.id);
      if (!execution) return reply.code(404).send(missing);
      // Heard before: it has been done again, whatever came of it.
      if (execution.again === body.key) return execution;
      if (!ENDED_WORDS.includes(execution.state)) return reply.code(409).send({ message: "it has not ended" });
      execution.again = body.key;
      state.change(params.id, { state: "queued" });
      return execution;
    },
  );

  app.get<{ Params: { id: string } }>("/api/executions/:id/log", ({ params }, reply) => {
    if (!state.executions.has(params.id)) return reply.code(404).send(missing);
    return reply.type("text/plain").send(`${params.id} began\n${params.id} went on\n`);
  });
}

function listExecutions(all: readonly Execution[], query: ListQuery): object {
  const { changed_since: since, from, to, cursor } = query;
  if (since !== undefined) {
    const changed = all.filter((one) => one.changed_at >= new Date(since));
    return page(changed, (one) => `${one.changed_at.toISOString()} ${one.id}`, cursor);
  }
  if (query.unfinished !== undefined) {
    const unfinished = all.filter((one) => !ENDED_WORDS.includes(one.state));
    return page(unfinished, ({ id }) => id, cursor);
  }
  const begun = ({ started_at, queued_at }: Execution) => started_at ?? queued_at ?? new Date(0);
  const inWindow = all.filter((one) => begun(one) >= new Date(from ?? 0) && begun(one) <= new Date(to ?? 8e15));
  return page(inWindow, (one) => `${begun(one).toISOString()} ${one.id}`, cursor, "newest first");
}

/** The cursor is the key of the last row shown, so that nothing slips through when rows before it come or go. */
function page<T>(rows: readonly T[], key: (row: T) => string, cursor?: string, order?: "newest first"): object {
  const sign = order ? -1 : 1;
  const compare = (a: string, b: string) => (a < b ? -sign : a > b ? sign : 0);
  const after = cursor ? Buffer.from(cursor, "base64url").toString() : null;
  const rest = rows.filter((row) => after === null || compare(key(row), after) > 0);
  const shown = rest.sort((a, b) => compare(key(a), key(b))).slice(0, PAGE);
  const last = shown.at(-1);
  const next = last && rest.length > PAGE ? Buffer.from(key(last)).toString("base64url") : null;
  return { rows: shown, next };
}
