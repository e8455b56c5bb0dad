/** What Airflow tells before a login (its version and its health), the login, and its counts of runs. */
import type { FastifyInstance } from "fastify";
import { coerce, gte } from "semver";
import { QueryReader, type RawQuery } from "./query.ts";
import type { Part } from "./quirks.ts";
import type { Server } from "./server.ts";

export function statusRoutes(app: FastifyInstance, server: Server): void {
  const { db } = server;

  app.get("/version", () => ({ version: server.version, git_version: null }));
  app.get("/health", () => {
    if (server.tongue.api !== "v1") throw server.tongue.refuse(404, "Not Found");
    return health(server);
  });
  app.get("/monitor/health", () => {
    if (server.tongue.api !== "v2") throw server.tongue.refuse(404, "Not Found");
    return health(server);
  });

  app.get("/dagStats", ({ query }) => {
    if (!hasStats(server)) throw server.tongue.refuse(404, "Not Found");
    const wanted = new QueryReader(query as RawQuery, server.tongue, "dagStats").set("dag_ids");
    const dags = db.dags.all().filter((dag) => wanted === null || wanted.has(dag.dagId));
    const rows = dags.map((dag) => ({
      dag_id: dag.dagId,
      ...(server.tongue.api === "v2" && !server.version.startsWith("3.0.")
        ? { dag_display_name: dag.displayName }
        : {}),
      stats: server.tongue.states.map((state) => ({
        state,
        count: db.runs.ofDag(dag.dagId).filter((run) => run.state === state).length,
      })),
    }));
    return { dags: rows, total_entries: rows.length };
  });
}

function hasStats({ tongue, version }: Server): boolean {
  return tongue.api === "v2" || gte(coerce(version) ?? "2.10.0", "2.10.0");
}

/** 200, whatever it says. */
function health({ db, quirks }: Server): object {
  const heartbeat = new Date(db.now()).toISOString();
  const part = (name: Part, field: string) => ({
    status: quirks.unhealthy.has(name) ? "unhealthy" : "healthy",
    [field]: heartbeat,
  });
  return {
    metadatabase: { status: quirks.unhealthy.has("metadatabase") ? "unhealthy" : "healthy" },
    scheduler: part("scheduler", "latest_scheduler_heartbeat"),
    triggerer: part("triggerer", "latest_triggerer_heartbeat"),
    // Not every installation has one of its own.
    dag_processor: quirks.unhealthy.has("dag_processor")
      ? part("dag_processor", "latest_dag_processor_heartbeat")
      : { status: null, latest_dag_processor_heartbeat: null },
  };
}

/** Under the root and not under the API. 2.x has none. */
export function tokenRoute(app: FastifyInstance, server: Server): void {
  app.post("/auth/token", ({ body }, reply) => {
    if (server.tongue.api !== "v2") throw server.tongue.refuse(404, "Not Found");
    const token = server.login.issue(body, server.serverNow(), server.quirks.tokenLifeMs);
    if (token === null) throw server.tongue.refuse(401, "Invalid credentials");
    return reply.status(server.quirks.tokenStatus).send({ access_token: token });
  });
}
