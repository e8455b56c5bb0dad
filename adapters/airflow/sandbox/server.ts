/** The web server: who may come in, what time it says it is, and how it says no. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { Api } from "../dialect.ts";
import { actRoutes } from "./act-routes.ts";
import { dataRoutes } from "./data-routes.ts";
import type { Login } from "./login.ts";
import type { Quirks } from "./quirks.ts";
import { readRoutes } from "./read-routes.ts";
import type { RunRow } from "./rows.ts";
import { startRoute } from "./start-route.ts";
import { statusRoutes, tokenRoute } from "./status-routes.ts";
import { taskRoutes } from "./task-routes.ts";
import { Refusal, type Tongue } from "./tongue.ts";
import { tongueV1 } from "./tongue-v1.ts";
import { tongueV2 } from "./tongue-v2.ts";
import type { Database } from "./world.ts";

export interface Server {
  readonly db: Database;
  readonly quirks: Quirks;
  readonly login: Login;
  readonly asksWho: boolean;
  version: string;
  tongue: Tongue;
  /** The server's own clock, which may be wrong. */
  serverNow(): number;
  run(run: RunRow): object;
}

/** One request and its answer, for whoever checks them against the released specs. */
export interface Exchange {
  readonly method: string;
  /** Below the prefix, as it was sent: `/api/v2/dags?limit=100`. */
  readonly url: string;
  readonly body: unknown;
  readonly status: number;
  readonly contentType: string;
  readonly answer: unknown;
}

export function speak(api: Api, version: string): Tongue {
  return api === "v1" ? tongueV1(version) : tongueV2(version);
}

const REMEMBERED_REQUESTS = 10_000;

export function buildServer(server: Server, prefix: string, onExchange?: (exchange: Exchange) => void) {
  // Run ids may have 250 characters, thrice as many when they are encoded.
  const app = fastify({ logger: false, routerOptions: { maxParamLength: 1_000 }, forceCloseConnections: true });

  app.addHook("onRequest", async (request, reply) => {
    remember(server, request);
    reply.header("date", new Date(server.serverNow()).toUTCString());
    if (server.quirks.down) throw new Refusal(503, { error: "no healthy upstream" });
    const path = request.url.slice(prefix.length);
    if (needsLogin(path, server) && !isAdmitted(request, server)) throw server.tongue.refuse(401, "Not authenticated");
  });
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, server));
  app.setNotFoundHandler((_request, reply) => answerError(server.tongue.refuse(404, "Not Found"), reply, server));
  if (onExchange) watchExchanges(app, prefix, onExchange);

  for (const api of ["v1", "v2"] as const) {
    app.register(async (routes) => addApi(routes, api, server), { prefix: `${prefix}/api/${api}` });
  }
  app.register(async (routes) => tokenRoute(routes, server), { prefix });
  return app;
}

function addApi(routes: FastifyInstance, api: Api, server: Server): void {
  // The other API is not there. It may be tomorrow: an Airflow is upgraded while we watch it.
  routes.addHook("preHandler", async () => {
    if (server.tongue.api !== api) throw server.tongue.refuse(404, "Not Found");
  });
  statusRoutes(routes, server);
  readRoutes(routes, server);
  startRoute(routes, server);
  actRoutes(routes, server);
  taskRoutes(routes, server);
  dataRoutes(routes, server);
}

function remember({ db }: Server, request: FastifyRequest): void {
  db.requests.push(`${request.method} ${request.url}`);
  if (db.requests.length >= 2 * REMEMBERED_REQUESTS) db.requests.splice(0, REMEMBERED_REQUESTS);
}

function needsLogin(path: string, { asksWho, tongue }: Server): boolean {
  return asksWho && path.startsWith(`${tongue.base}/`) && !/^\/api\/v\d\/(version|health|monitor\/health)$/.test(path);
}

function isAdmitted(request: FastifyRequest, server: Server): boolean {
  const scheme = server.tongue.api === "v1" ? "basic" : "token";
  return server.login.admits(request.headers.authorization, scheme, server.serverNow());
}

function answerError(error: unknown, reply: FastifyReply, { tongue }: Server): FastifyReply {
  const status = (error as { readonly statusCode?: number }).statusCode ?? 500;
  const refusal = error instanceof Refusal ? error : tongue.refuse(status, String(error));
  return reply.status(refusal.status).type(refusal.contentType).send(refusal.body);
}

/** A log is text, or many lines of JSON. */
function readAnswer(payload: unknown, contentType: string): unknown {
  if (typeof payload !== "string" || payload === "") return null;
  return /[/+]json\b/.test(contentType) ? JSON.parse(payload) : payload;
}

function watchExchanges(app: FastifyInstance, prefix: string, onExchange: (exchange: Exchange) => void): void {
  app.addHook("onSend", async (request, reply, payload) => {
    onExchange({
      method: request.method,
      url: request.url.slice(prefix.length),
      body: request.body,
      status: reply.statusCode,
      contentType: String(reply.getHeader("content-type") ?? ""),
      answer: readAnswer(payload, String(reply.getHeader("content-type") ?? "")),
    });
    return payload;
  });
}
