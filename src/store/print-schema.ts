/** `npm run schema:dump`: migrates an empty database of its own and writes down what came of it. */
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog as log } from "../telemetry/log.ts";
import { startEmbedded } from "./embedded/index.ts";
import { migrate } from "./migrate.ts";
import { openStore } from "./open.ts";
import { dumpSchema } from "./schema-dump.ts";

const folder = join(tmpdir(), `tutti-schema-${process.pid}`);
const postgres = await startEmbedded({ folder, log, durable: false });
const store = openStore({ url: postgres.url, log });
try {
  await migrate(store.db);
  const target = join(import.meta.dirname, "schema.sql");
  await writeFile(target, await dumpSchema(store.db));
  process.stdout.write(`${target}\n`);
} finally {
  await store.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
