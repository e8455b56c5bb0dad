/** The API server: who may come in, what they may do there, and how it says no. */
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { Cluster } from "./cluster.ts";
import { API_GROUPS, API_VERSIONS, resourceList, versionInfo } from "./discovery.ts";
import { answerError, mayDo, type Server } from "./gatekeeper.ts";
import { settle } from "./job-controller.ts";
import { Refusal } from "./refusal.ts";
import { objectRoutes } from "./object-routes.ts";

/** One request and its answer, for whoever checks them against the released spec. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
}

export interface ServerOptions {
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

const REMEMBERED_REQUESTS = 10_000;
export function buildServer(server: Server, { tls, onExchange }: ServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 3 * 1024 * 1024,
    ...(tls ? { https: tls } : {}),
  }) as unknown as FastifyInstance;
  const { cluster } = server;
  for (const type of ["application/merge-patch+json", "application/strategic-merge-patch+json", "application/json"]) {
    app.removeContentTypeParser(type);
    app.addContentTypeParser(type, { parseAs: "string" }, (_request, body, done) => parse(String(body), done));
  }

  app.addHook("onRequest", async (request, reply) => {
    remember(server, request);
    reply.header("date", new Date(cluster.now() + cluster.quirks.skewMs).toUTCString());
    // Time passes between two questions as well.
    settle(cluster);
    if (isOpenToAll(request.url) || isAdmitted(request, server)) return;
    throw new Refusal(401, "Unauthorized", "Unauthorized");
  });
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) => {
    const refusal = new Refusal(404, "NotFound", "the server could not find the requested resource");
    return answerError(refusal, reply);
  });
  if (onExchange) watchExchanges(app, onExchange);

  aboutItself(app, server);
  objectRoutes(app, server);
  return app;
}

function parse(text: string, done: (error: Error | null, body?: unknown) => void): void {
  if (text === "") return done(null, null);
  try {
    done(null, JSON.parse(text));
  } catch {
    done(new Refusal(400, "BadRequest", "the body is no JSON"));
  }
}

function aboutItself(app: FastifyInstance, { cluster }: Server): void {
  app.get("/version", () => versionInfo(cluster.version));
  app.get("/api", () => API_VERSIONS);
  app.get("/apis", () => API_GROUPS);
  app.get("/api/v1", () => resourceList(""));
  app.get("/apis/batch/v1", () => resourceList("batch"));
  for (const path of ["/readyz", "/livez"]) app.get(path, (_request, reply) => answerHealth(cluster, reply));
  app.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", (request, reply) => {
    const body = request.body as { readonly spec?: { readonly resourceAttributes?: Readonly<Record<string, string>> } };
    const { verb = "", group = "", resource = "", subresource, namespace } = body.spec?.resourceAttributes ?? {};
    const full = `${resource}${subresource ? `/${subresource}` : ""}`;
    const allowed = mayDo(cluster, { verb, group, resource: full, namespace: namespace ?? null });
    void reply.status(201);
    return { ...body, metadata: { creationTimestamp: null }, status: { allowed } };
  });
}

function answerHealth({ quirks }: Cluster, reply: FastifyReply): FastifyReply {
  const parts = ["ping", "etcd", "poststarthook/start-apiextensions-controllers"];
  const lines = parts.map((part) =>
    quirks.unready.has(part) ? `[-]${part} failed: reason withheld` : `[+]${part} ok`,
  );
  const failed = quirks.unready.size > 0;
  return reply
    .status(failed ? 500 : 200)
    .type("text/plain")
    .send(`${lines.join("\n")}\n${failed ? "readyz check failed" : "ok"}`);
}

function remember({ requests }: Server, request: FastifyRequest): void {
  requests.push(`${request.method} ${request.url}`);
  if (requests.length >= 2 * REMEMBERED_REQUESTS) requests.splice(0, REMEMBERED_REQUESTS);
}

function isOpenToAll(url: string): boolean {
  return /^\/(?:version|readyz|livez)\b/.test(url);
}

function isAdmitted({ headers }: FastifyRequest, { token }: Server): boolean {
  return token === null || headers.authorization === `Bearer ${token}`;
}

function watchExchanges(app: FastifyInstance, onExchange: (exchange: Exchange) => void): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const json = String(reply.getHeader("content-type") ?? "").includes("json");
    const { method, url, body } = request;
    const answer: unknown = json && typeof payload === "string" && payload !== "" ? JSON.parse(payload) : null;
    onExchange({ method, url, body, status: reply.statusCode, answer });
    return payload;
  });
}
