/** PostGraphile 5 on the same tables, with what its guide says for production: no GraphiQL, no watching, no explaining. */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [url, pool] = process.argv.slice(2);
const require = createRequire(resolve(".bench/package.json"));
const { postgraphile } = require("postgraphile");
const { PostGraphileAmberPreset } = require("postgraphile/presets/amber");
const { makePgService } = require("postgraphile/adaptors/pg");
const { grafserv } = require("postgraphile/grafserv/node");

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: url, schemas: ["public"], poolConfig: { max: Number(pool) } })],
  grafserv: { graphiql: false, watch: false, websockets: false },
  grafast: { explain: false },
});
const server = createServer();
const serv = instance.createServ(grafserv);
await serv.addTo(server);
server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
process.once("SIGTERM", () => process.exit(0));
