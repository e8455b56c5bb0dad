/** The API as an app that does not listen yet: tests inject into it, `main` gives it an address. */
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from "fastify";
import { Authenticator } from "./access/authenticator.ts";
import { addGate } from "./access/gate.ts";
import type { ApiDeps } from "./api-deps.ts";
import { addEngine } from "./graphql/engine.ts";
import { addConsole } from "./http/console.ts";
import { addGraphQLRoute } from "./http/graphql-route.ts";
import { addHealth } from "./http/health.ts";
import { sendError } from "./http/send-error.ts";
import { addSchemas } from "./http/schemas.ts";
import { addSignIn } from "./http/sign-in.ts";
import { EventStreams } from "./subscriptions/event-streams.ts";
import { ReaderWatch } from "./subscriptions/reader-watch.ts";
import { RunFeed } from "./subscriptions/run-feed.ts";
import { WebSockets } from "./subscriptions/web-sockets.ts";

/** A question of 2,000 tokens with its variables is a few kilobytes. */
const BODY_LIMIT_BYTES = 128 * 1_024;
const REQUEST_WITHIN_MS = 15_000;
const SILENT_FOR_MS = 60_000;

export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const { reader, governance, examine, acting, peek, clock, metrics, log, settings } = deps;
  const logger: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance: logger,
    // A line a question would cost more than many a question; the metrics count them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionTimeout: SILENT_FOR_MS,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  // JSON alone: a form or a plain text is what another site can make a browser send here.
  app.removeContentTypeParser("text/plain");
  app.setErrorHandler(answerForError);
  app.setNotFoundHandler((_request, reply) => sendError(reply, 404, "NOT_FOUND", "There is nothing here."));

  const authenticator = new Authenticator({ governance, clock, trustMs: settings.trustMs });
  const feed = new RunFeed({ reader, metrics, log });
  const rules = { introspection: settings.introspection, log };
  const watch = new ReaderWatch({ clock, metrics, stuckAfterMs: settings.stuckAfterMs, recheckMs: settings.trustMs });
  const shared = { reader, feed, examine, acting, peek, watch, authenticator, clock, rules };
  const streams = new EventStreams(shared);
  const sockets = new WebSockets({ ...shared, hosts: settings.hosts });
  const changes = deps.changes({ onChange: (change) => feed.change(change), onGap: () => feed.gap() });

  addGate(app, { authenticator, hosts: settings.hosts });
  const ask = await addEngine(app, { ...rules, jit: settings.jit });
  addGraphQLRoute(app, { ask, reader, feed, examine, acting, peek, streams, metrics });
  addHealth(app, deps);
  addSchemas(app, deps);
  addSignIn(app, deps);
  await addConsole(app, deps);

  sockets.attach(app.server);
  app.addHook("onReady", () => changes.start());
  app.addHook("preClose", async () => {
    await changes.stop();
    feed.stop();
    streams.stop();
    sockets.stop();
    watch.stop();
  });
  return app;

  async function answerForError(error: FastifyError, _request: unknown, reply: Parameters<typeof sendError>[0]) {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply, status, "INVALID", error.message);
    log.error({ err: error }, "a request failed");
    return sendError(reply, 500, "INTERNAL", "Something failed on our side; the server's log has the details.");
  }
}
