/** A process that runs an embedded PostgreSQL, commits one row, says so, and goes on until it is killed. */
import { sql } from "kysely";
import { startEmbedded } from "../../src/store/embedded/index.ts";
import { openStore } from "../../src/store/open.ts";
import { silentLog } from "../../src/telemetry/log.ts";

const postgres = await startEmbedded({ folder: process.argv[2] ?? "", log: silentLog });
const { db } = openStore({ url: postgres.url, log: silentLog });
await sql`create table if not exists note (text text)`.execute(db);
await sql`insert into note values ('committed')`.execute(db);
process.stdout.write("committed\n");
setInterval(() => {}, 60_000);
