/**
 * A pool that never hands out a connection nobody can vouch for.
 *
 * After a client-side timeout the statement is still running and the ROLLBACK behind it is dropped unsent; Kysely then
 * gives the connection back as if nothing had happened, and the next INSERT joins a transaction that will never be
 * committed. So a connection is kept only while PostgreSQL itself reported every error (an SQLSTATE); else its socket
 * is destroyed, and the server rolls back.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import { type ClientConfig, DatabaseError, Pool, type PoolClient, type QueryConfig } from "pg";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { StatementNames } from "./statement-names.ts";

export interface PoolOptions {
  readonly config: ClientConfig;
  readonly max: number;
  readonly log: Logger;
  readonly metrics?: Pick<Metrics, "dbPools" | "dbDestroyed">;
  /** Off behind a pooler that gives every transaction another backend. */
  readonly preparedStatements: boolean;
}

export function createSafePool({ config, max, log, metrics, preparedStatements }: PoolOptions): PostgresPool {
  const pool = new Pool({ ...config, max });
  const names = preparedStatements ? new StatementNames() : null;
  const reported = new WeakSet<object>();

  /** A lost connection raises several errors: what the server said, that the socket closed, and the pool's own. */
  function lost(error: Error, client: object): void {
    if (reported.has(client)) return;
    reported.add(client);
    log.warn({ err: error }, "database connection lost");
  }
  // Both are needed: the pool listens to idle connections only, and an 'error' without a listener ends the process.
  pool.on("error", lost);
  pool.on("connect", (client) => client.on("error", (error) => lost(error, client)));

  const count = () => ({
    idle: pool.idleCount,
    busy: pool.totalCount - pool.idleCount,
    waiting: pool.waitingCount,
  });
  metrics?.dbPools.add(count);

  async function connect(): Promise<PostgresPoolClient> {
    return lend(await pool.connect(), names, (clean) => {
      if (!clean) metrics?.dbDestroyed.inc();
    });
  }

  return {
    connect,
    async end() {
      metrics?.dbPools.delete(count);
      await pool.end();
    },
  };
}

/** One borrowing of a connection, from `connect` to `release`. */
function lend(
  client: PoolClient,
  names: StatementNames | null,
  released: (clean: boolean) => void,
): PostgresPoolClient {
  let doubt: Error | null = null;
  let stale = false;

  async function query(text: unknown, parameters: readonly unknown[] = [], using = names) {
    if (typeof text !== "string") throw new TypeError("cursors are not guarded by this pool");
    if (doubt) return answerInDoubt(text, doubt);
    try {
      return await client.query(statement(text, parameters, using));
    } catch (error) {
      if (using && isStalePlan(error) && client.getTransactionStatus() === "I") return askAnew(text, parameters);
      if (!isHealthyAfter(error)) doubt = error as Error;
      throw error;
    }
  }

  /** A migration changed a table under a prepared statement, which was refused before it did anything. */
  function askAnew(text: string, parameters: readonly unknown[]): Promise<unknown> {
    stale = true;
    return query(text, parameters, null);
  }

  function release(): void {
    // A transaction somebody left open would swallow the next borrower's writes just the same.
    const clean = doubt === null && client.getTransactionStatus() === "I";
    client.release(!clean || stale);
    released(clean);
  }

  // The second signature of `query` takes a cursor, which is refused above.
  return { query, release } as unknown as PostgresPoolClient;
}

const patience = new AsyncLocalStorage<number>();

/** Lets everything `work` asks take this long, for migrations: what the server may do, the client must wait for. */
export function withPatience<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  return patience.run(milliseconds, work);
}

function statement(text: string, values: readonly unknown[], names: StatementNames | null): QueryConfig {
  const name = names?.of(text, values);
  const query_timeout = patience.getStore();
  return {
    text,
    values: [...values],
    ...(name && { name }),
    ...(query_timeout && { query_timeout }),
  } as QueryConfig;
}

/** The socket is about to be destroyed, which rolls back; asking for it would only hide the error that led here. */
function answerInDoubt(text: string, doubt: Error) {
  if (text === "rollback") return { command: "ROLLBACK", rowCount: 0, rows: [] };
  throw new Error("the database connection was given up after an earlier failure", { cause: doubt });
}

/** True when PostgreSQL itself said what went wrong, and that it goes on. */
export function isHealthyAfter(error: unknown): boolean {
  const code = sqlStateOf(error);
  if (code === null || /^(08|57P)/.test(code)) return false;
  return !isStalePlan(error);
}

/** The table changed under a prepared statement, or a pooler gave us a backend that never saw it. */
function isStalePlan(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code === "26000" || (code === "0A000" && /cached plan/.test((error as Error).message));
}

/** PostgreSQL's five characters, and not one of Node's (`EPIPE` has five as well). */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof DatabaseError)) return null;
  return /^[0-9A-Z]{5}$/.test(error.code ?? "") ? (error.code ?? null) : null;
}
