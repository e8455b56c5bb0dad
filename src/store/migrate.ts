/** Brings a database up to this program: forward only, once, however many replicas start together. */
import { type Migration, Migrator, sql } from "kysely";
import { InputError } from "../lib/input-error.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Db } from "./db.ts";
import { migrations as ours } from "./migrations/index.ts";
import { withPatience } from "./pool.ts";
import { refuseUnfitServer } from "./server-fitness.ts";

const TABLE = "schema_migration";
const LONGEST_MS = 3_600_000;

/** Answers with the names it applied. The replicas that lose the race wait, and apply none. */
export async function migrate(db: Db, log?: Logger, migrations = ours): Promise<string[]> {
  await refuseUnfitServer(db);
  return db.connection().execute((connection) =>
    withPatience(LONGEST_MS, async () => {
      await refuseNewerDatabase(connection, migrations);
      // The lock lasts as long as another replica's migration; the deadlines of daily work would end the wait.
      await sql`set statement_timeout = 0; set lock_timeout = 0`.execute(connection);
      try {
        return await applyAll(connection, migrations, log);
      } finally {
        // Fails only on a connection that is lost, which has nothing left to reset.
        await sql`reset statement_timeout; reset lock_timeout`.execute(connection).catch(() => undefined);
      }
    }),
  );
}

async function applyAll(db: Db, migrations: Readonly<Record<string, Migration>>, log?: Logger): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find((result) => result.status === "Error");
  if (error !== undefined) {
    const where = failed ? ` at ${failed.migrationName}` : "";
    throw new Error(`the database could not be migrated${where}; nothing of it was kept`, { cause: error });
  }
  const applied = results.map((result) => result.migrationName);
  if (applied.length > 0) log?.info({ migrations: applied }, "database migrated");
  return applied;
}

/** A program that does not know a table's newest shape would write the old one. */
async function refuseNewerDatabase(db: Db, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const { rows: found } = await sql<{ is: boolean }>`select to_regclass(${TABLE}) is not null as is`.execute(db);
  if (!found[0]?.is) return;
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)} order by name`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new InputError(
    "DATABASE_URL",
    `this database was migrated by a newer Tutti (${unknown.join(", ")}); start that version or a later one`,
  );
}
