/** What Prometheus reads, on an address of its own: no principal, no other route. */
import Fastify, { type FastifyInstance } from "fastify";
import type { Metrics } from "../../telemetry/metrics.ts";

export function buildMetricsApp({ metrics }: { readonly metrics: Metrics }): FastifyInstance {
  const app = Fastify({ logger: false, exposeHeadRoutes: false });
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return app;
}
