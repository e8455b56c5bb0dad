/** The least there is: Fastify, one prepared statement a question, and its JSON passed through as it comes. */
import Fastify from "fastify";
import pg from "pg";
import { listenLow } from "../../support/low-port.ts";

const [url = "", size = "10", statements = "{}"] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: Number(size) });
const app = Fastify();

for (const [name, text] of Object.entries(JSON.parse(statements) as Record<string, string>)) {
  app.get(`/${name}`, async (_request, reply) => {
    const { rows } = await pool.query<{ answer: string }>({ name, text });
    return reply.header("content-type", "application/json").send(rows[0]?.answer);
  });
}
await app.ready();
process.stdout.write(`${JSON.stringify({ port: await listenLow(app.server) })}\n`);
process.once("SIGTERM", () => process.exit(0));
