/** What joins DAGs (datasets, later assets), and what waits for a person (from 3.1 on). */
import type { FastifyInstance } from "fastify";
import { QueryReader, type RawQuery } from "./query.ts";
import type { Server } from "./server.ts";
import { taskBody } from "./task-body.ts";
import type { Asset, Decision } from "./world.ts";

export function dataRoutes(app: FastifyInstance, server: Server): void {
  const { db, quirks } = server;

  for (const name of ["datasets", "assets"] as const)
    app.get(`/${name}`, ({ query }) => {
      if ((name === "datasets") !== (server.tongue.api === "v1")) throw server.tongue.refuse(404, "Not Found");
      if (quirks.forbidden.has("assets")) throw server.tongue.refuse(403, "Forbidden");
      const { offset, limit } = new QueryReader(query as RawQuery, server.tongue, "assets").window(quirks.largestPage);
      const rows = db.assets
        .slice(offset, offset + limit)
        .map((asset, at) => assetBody(asset, offset + at + 1, server));
      return { [name]: rows, total_entries: db.assets.length };
    });

  app.get("/dags/:dagId/dagRuns/:runId/hitlDetails", ({ query }) => {
    if (server.tongue.api === "v1" || server.version.startsWith("3.0.")) throw server.tongue.refuse(404, "Not Found");
    if (quirks.forbidden.has("decisions")) throw server.tongue.refuse(403, "Forbidden");
    const asked = new QueryReader(query as RawQuery, server.tongue, "decisions");
    const { offset, limit } = asked.window(quirks.largestPage);
    const answered = asked.text("response_received");
    const all = db.decisions.filter((decision) => answered === null || String(decision.answer !== null) === answered);
    const rows = all.slice(offset, offset + limit).flatMap((decision) => decisionBody(decision, server));
    return { hitl_details: rows, total_entries: all.length };
  });
}

function assetBody(asset: Asset, id: number, { tongue, version, db }: Server): object {
  const at = new Date(db.now()).toISOString();
  const times = { created_at: at, updated_at: at };
  const producing = asset.producers.map(({ dagId, taskId }) => ({ dag_id: dagId, task_id: taskId, ...times }));
  const readers = asset.consumers.map((dagId) => ({ dag_id: dagId, ...times }));
  const common = { id, uri: asset.uri, extra: {}, ...times, producing_tasks: producing };
  if (tongue.api === "v1") return { ...common, consuming_dags: readers };
  const old = version.startsWith("3.0.");
  return {
    ...common,
    name: asset.uri,
    group: "asset",
    aliases: [],
    ...(old ? { consuming_dags: readers } : { scheduled_dags: readers, consuming_tasks: [], last_asset_event: null }),
    ...(old || version.startsWith("3.1.") ? {} : { watchers: [] }),
  };
}

function decisionBody({ jobId, runId, task, answer, ...words }: Decision, server: Server): object[] {
  const run = server.db.runs.get(jobId, runId);
  if (!run) return [];
  return [
    {
      task_instance: taskBody(task, run, server),
      subject: words.subject,
      body: words.body,
      options: words.options,
      defaults: null,
      multiple: false,
      params: {},
      assigned_users: words.asked.map((name) => ({ id: name, name })),
      created_at: new Date(task.startDate ?? server.db.now()).toISOString(),
      response_received: answer !== null,
      chosen_options: answer === null ? null : [answer],
      params_input: {},
      responded_at: null,
      responded_by_user: null,
    },
  ];
}
