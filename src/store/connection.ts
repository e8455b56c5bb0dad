/** How we speak to a PostgreSQL: deadlines on every side, and TLS that never weakens in silence. */
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { type ClientConfig, types } from "pg";
import { InputError } from "../lib/input-error.ts";

/**
 * The order matters. The server must speak first (`statement < query`), so that in the common case of a slow statement
 * the connection stays healthy; the client's own deadline is for the path that swallows bytes.
 */
export interface Deadlines {
  readonly connectMs: number;
  readonly statementMs: number;
  readonly queryMs: number;
  readonly lockMs: number;
  readonly idleInTransactionMs: number;
}

export const DEADLINES: Deadlines = {
  connectMs: 3_000,
  statementMs: 5_000,
  queryMs: 8_000,
  lockMs: 2_000,
  idleInTransactionMs: 5_000,
};

export function connectionConfig(url: string, applicationName: string, deadlines = DEADLINES): ClientConfig {
  const { connectionString, ssl } = tlsOf(url);
  return {
    connectionString,
    ssl,
    application_name: applicationName,
    connectionTimeoutMillis: deadlines.connectMs,
    statement_timeout: deadlines.statementMs,
    query_timeout: deadlines.queryMs,
    lock_timeout: deadlines.lockMs,
    idle_in_transaction_session_timeout: deadlines.idleInTransactionMs,
    keepAlive: true,
    types: { getTypeParser },
  };
}

const INT8 = 20;

/** int8 arrives as text, because it could exceed what a number holds. Ours never do, and one that did must not round. */
function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === INT8 && format !== "binary") return parseInt8;
  return types.getTypeParser(oid, format);
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is larger than a number can hold`);
  return value;
}

interface Tls {
  readonly connectionString: string;
  readonly ssl: ConnectionOptions | false;
}

const TLS_WORDS = ["ssl", "sslmode", "sslrootcert", "sslcert", "sslkey", "uselibpqcompat", "sslnegotiation"];

/**
 * Read here and not by the driver, which has given `require` three meanings in three years. Off this machine the
 * default is `verify-full`; less is possible, and has to be written down in the URL.
 */
export function tlsOf(url: string): Tls {
  const parsed = parseUrl(url);
  const ask = (word: string) => parsed.searchParams.get(word);
  const mode = ask("sslmode") ?? (isThisMachine(parsed) ? "disable" : "verify-full");
  const file = (word: string) => {
    const path = ask(word);
    return path === null || path === "system" ? undefined : readFileSync(path, "utf8");
  };
  const [ca, cert, key] = mode === "disable" ? [] : [file("sslrootcert"), file("sslcert"), file("sslkey")];
  for (const word of TLS_WORDS) parsed.searchParams.delete(word);
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return { connectionString: parsed.href, ssl: tlsFor(mode, files) };
}

function tlsFor(mode: string, files: ConnectionOptions): ConnectionOptions | false {
  switch (mode) {
    case "disable":
      return false;
    case "require":
      return { ...files, rejectUnauthorized: false };
    case "verify-ca":
      return { ...files, checkServerIdentity: () => undefined };
    case "verify-full":
      return files;
    default:
      // `allow` and `prefer` would send the password in the clear to whoever says that it speaks no TLS.
      throw new InputError(
        "DATABASE_URL",
        `sslmode "${mode}" is not one of disable, require, verify-ca, verify-full (the default off this machine)`,
      );
  }
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed && /^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  // The text itself may hold a password, so it is not repeated.
  throw new InputError("DATABASE_URL", "is no PostgreSQL URL; write postgres://user:password@host:5432/database");
}

/** A socket in the file system, or loopback. */
function isThisMachine(url: URL): boolean {
  const host = url.searchParams.get("host") ?? url.hostname;
  return host === "" || host.startsWith("/") || host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
