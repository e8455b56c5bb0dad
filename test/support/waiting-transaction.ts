/** A process of its own: opens a transaction, waits for a word, and says what became of it. Exits 1 on what nobody caught. */
import { once } from "node:events";
import { Writable } from "node:stream";
import { sql } from "kysely";
import { openStore } from "../../src/store/open.ts";
import { createLog } from "../../src/telemetry/log.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
const destination = new Writable({
  write(line: Buffer, _encoding, done) {
    say((JSON.parse(line.toString()) as { msg: string }).msg);
    done();
  },
});
const store = openStore({
  url: process.argv[2] ?? "",
  max: 1,
  log: createLog({ level: "info", pretty: false, destination }),
});

await store.db
  .transaction()
  .execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    say(`backend ${rows[0]?.pid}`);
    await once(process.stdin, "data");
    await sql`select 1`.execute(tx);
  })
  .then(
    () => say("transaction committed"),
    () => say("transaction rejected"),
  );
await sql`select 1`.execute(store.db);
say("next query answered");
await store.close();
