/** A small honest Toy: it knows who may ask, tells the time by its own clock, and remembers what it was asked. */
import { fastify } from "fastify";
import { freePort } from "../../../src/adapter/free-port.ts";
import type { OpenSandbox } from "../../../src/adapter/sandbox.ts";
import { addRoutes } from "./routes.ts";
import { createState } from "./state.ts";

const TOKEN = "toy-canary-5d1f0c9a";

export const openToy: OpenSandbox = async ({ jobs = 0, now = () => new Date() } = {}) => {
  const state = createState(now);
  for (let at = 0; at < jobs; at += 1) state.addTask(`job_${String(at).padStart(3, "0")}`, "0 2 * * *", true);

  const requests: string[] = [];
  const app = fastify({ forceCloseConnections: true });
  app.addHook("onRequest", async (request, reply) => {
    requests.push(`${request.method} ${request.url}`);
    reply.header("date", now().toUTCString());
    if (request.headers.authorization !== `Bearer ${TOKEN}`) await reply.code(401).send({ message: "who are you?" });
  });
  addRoutes(app, state);
  const url = await app.listen({ host: "127.0.0.1", port: await freePort() });

  return {
    url,
    config: { url, token: "env:TOY_TOKEN" },
    secrets: { TOY_TOKEN: TOKEN },
    world: {
      addJob: ({ id, schedule = null, paused = false }) => state.addTask(id, schedule, !paused),
      removeJob: (id) => void state.tasks.delete(id),
      addRun: (run) => state.addExecution(run).id,
      setRun: (_jobId, runId, change) => state.change(runId, change),
      removeRun: (_jobId, runId) => void state.executions.delete(runId),
      startedWithKey: (key) => [...state.executions.values()].filter((one) => one.key === key).map(({ id }) => id),
      requests,
    },
    close: () => app.close(),
  };
};
