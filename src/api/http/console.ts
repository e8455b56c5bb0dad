/**
 * The built console, from our own disk: nothing is ever asked of another host. Until it is built the page says so, for
 * the API does not wait for it.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import helmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { ApiDeps } from "../api-deps.ts";

/** Monaco, the editor in GraphiQL, writes its own style elements and draws its icons from data: URLs. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'", "data:"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
};

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Tutti</title>
<p>GraphiQL is being built and will be here in a moment. <code>/graphql</code> answers already.</p>
<p>If nothing builds it, <code>npm run console:build</code> does.</p>`;

const FRONT = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/graphiql"><title>Tutti</title>
<p>The console is yet to come. Until then <a href="/graphiql">GraphiQL</a> asks the API by hand.</p>`;

export async function addConsole(app: FastifyInstance, { settings }: Pick<ApiDeps, "settings">): Promise<void> {
  const folder = resolve(settings.consoleFolder);
  await app.register(async (pages) => {
    await pages.register(helmet, {
      contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
      // A browser would remember it for a name such as localhost, where other things live too.
      strictTransportSecurity: false,
      crossOriginEmbedderPolicy: false,
    });
    await pages.register(fastifyStatic, { root: folder, prefix: "/console/", index: false, maxAge: "1h", list: false });

    pages.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(FRONT));
    pages.get("/graphiql", (_request, reply) => {
      reply.header("cache-control", "no-cache");
      if (existsSync(resolve(folder, "graphiql.html"))) return reply.sendFile("graphiql.html", { maxAge: 0 });
      return reply.code(503).type("text/html; charset=utf-8").send(NOT_BUILT);
    });
  });
}
