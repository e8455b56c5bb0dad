import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../../src/lib/input-error.ts";
import { migrate } from "../../../src/store/migrate.ts";
import { migrations } from "../../../src/store/migrations/index.ts";
import { openStore } from "../../../src/store/open.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

const EMPTY = { template: "template0" };
const NAMES = Object.keys(migrations);

let databases: FreshDatabase[] = [];
afterEach(async () => {
  await Promise.all(databases.map((database) => database.close()));
  databases = [];
});

async function given(options: Parameters<typeof freshDatabase>[0] = {}): Promise<FreshDatabase> {
  const database = await freshDatabase(options);
  databases.push(database);
  return database;
}

/** Replicas: each with a pool of its own, all starting in the same instant. */
async function startTogether(url: string, replicas: number, deadlines = {}, list = migrations): Promise<string[][]> {
  const stores = Array.from({ length: replicas }, () => openStore({ url, log: silentLog, deadlines }));
  try {
    return await Promise.all(stores.map((store) => migrate(store.db, silentLog, list)));
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

describe("replicas that start together", () => {
  it("migrate an empty database once", async () => {
    const { url } = await given(EMPTY);
    const applied = await startTogether(url, 3);
    expect(applied.flat()).toEqual(NAMES);
  });

  it("leave a migrated database as it is", async () => {
    const { url } = await given();
    expect(await startTogether(url, 3)).toEqual([[], [], []]);
  });

  it("wait for a migration longer than any deadline", async () => {
    const { url, db } = await given();
    const slow = {
      ...migrations,
      "9999-slow": { up: async (tx: typeof db) => void (await sql`select pg_sleep(0.8)`.execute(tx)) },
    };
    const deadlines = { statementMs: 150, lockMs: 100, queryMs: 300 };
    const applied = await startTogether(url, 3, deadlines, slow);
    expect(applied.flat()).toEqual(["9999-slow"]);
  });
});

describe("migrate", () => {
  it("gives the connection its deadlines back", async () => {
    const { store } = await given({ max: 1 });
    await migrate(store.db);
    const { rows } = await sql`show statement_timeout`.execute(store.db);
    expect(rows).toEqual([{ statement_timeout: "5s" }]);
  });

  it("keeps nothing of a migration that fails", async () => {
    const { db } = await given();
    const broken = {
      ...migrations,
      "9999-broken": {
        up: async (tx: typeof db) => {
          await sql`create table half (id integer)`.execute(tx);
          await sql`select 1 / 0`.execute(tx);
        },
      },
    };
    await expect(migrate(db, silentLog, broken)).rejects.toThrow(/9999-broken; nothing of it was kept/);
    expect((await sql`select to_regclass('half') as half`.execute(db)).rows).toEqual([{ half: null }]);
    expect(await migrate(db)).toEqual([]);
  });

  it("refuses a database of a newer program", async () => {
    const { db } = await given();
    await sql`insert into schema_migration values ('0042-from-the-future', now()::text)`.execute(db);
    const error = await migrate(db).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/migrated by a newer Tutti \(0042-from-the-future\); start that version/);
  });
});
