/** The door to the store: one URL in, one `Db` out. */
import { Kysely, PostgresDialect } from "kysely";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { connectionConfig, DEADLINES, type Deadlines } from "./connection.ts";
import type { Db } from "./db.ts";
import { createSafePool } from "./pool.ts";
import type { Tables } from "./tables.ts";

export interface StoreOptions {
  readonly url: string;
  readonly max?: number;
  readonly applicationName?: string;
  readonly log: Logger;
  readonly metrics?: Pick<Metrics, "dbPools" | "dbDestroyed">;
  readonly deadlines?: Partial<Deadlines>;
  readonly preparedStatements?: boolean;
}

export interface Store {
  readonly db: Db;
  /** Waits for work in hand. */
  readonly close: () => Promise<void>;
}

export function openStore(options: StoreOptions): Store {
  const { url, max = 10, applicationName = "tutti", log, metrics, preparedStatements = true } = options;
  const config = connectionConfig(url, applicationName, { ...DEADLINES, ...options.deadlines });
  const pool = createSafePool({ config, max, log, preparedStatements, ...(metrics && { metrics }) });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}
