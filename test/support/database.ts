/** A migrated database of one's own: a copy of the template, ready in some ten milliseconds. */
import { randomBytes } from "node:crypto";
import { Client, type QueryResultRow } from "pg";
import { inject } from "vitest";
import type { Db } from "../../src/store/db.ts";
import { openStore, type Store, type StoreOptions } from "../../src/store/open.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { databaseUrl, TEMPLATE } from "./postgres-for-tests.ts";

export interface FreshDatabase {
  readonly db: Db;
  readonly url: string;
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** `template: "template0"` gives an empty one, for tests of the migrations themselves. */
export async function freshDatabase(
  options: Partial<StoreOptions> & { readonly template?: string } = {},
): Promise<FreshDatabase> {
  const { template = TEMPLATE, ...storeOptions } = options;
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asServer(`create database ${name} template ${template}`);
  const url = databaseUrl(inject("postgresUrl"), name);
  const store = openStore({ url, log: silentLog, ...storeOptions });
  return {
    db: store.db,
    url,
    store,
    async close() {
      await store.close();
      await asServer(`drop database if exists ${name} with (force)`);
    },
  };
}

/** Asks the server itself, beside every pool. */
export async function asServer<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(text, values);
    return rows;
  } finally {
    await client.end();
  }
}
