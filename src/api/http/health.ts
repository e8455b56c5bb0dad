/** Alive, and ready. Strangers may ask, so the answers are two words; the reasons are in the log. */
import type { FastifyInstance } from "fastify";
import type { ApiDeps } from "../api-deps.ts";

const CHECK_WITHIN_MS = 2_000;

export function addHealth(app: FastifyInstance, { readiness, log }: Pick<ApiDeps, "readiness" | "log">): void {
  app.get("/healthz", (_request, reply) => reply.type("text/plain").send("ok\n"));

  app.get("/readyz", async (_request, reply) => {
    const checks = await Promise.all(
      Object.entries(readiness).map(async ([name, check]) => ({ name, ready: await holds(check) })),
    );
    const missing = checks.filter(({ ready }) => !ready).map(({ name }) => name);
    if (missing.length > 0) log.warn({ missing }, "not ready");
    return reply
      .code(missing.length > 0 ? 503 : 200)
      .type("text/plain")
      .send(missing.length > 0 ? "not ready\n" : "ready\n");
  });
}

async function holds(check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_WITHIN_MS);
  });
  const answer = await Promise.race([check().catch(() => false), late]);
  clearTimeout(timer);
  return answer;
}
