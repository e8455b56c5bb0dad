/**
 * A real PostgreSQL that came with `npm ci`, for whoever has none at hand. It keeps its data in one folder, serves one
 * program at a time over a socket in that folder, and survives that everything is killed.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { InputError } from "../../lib/input-error.ts";
import type { Logger } from "../../telemetry/log.ts";
import { holdFolder } from "./holder.ts";
import { settle } from "./home.ts";
import { bundledInstallation, type Installation } from "./installation.ts";
import { stopOrphans } from "./orphans.ts";
import { makePrivateFolder } from "./owner.ts";
import { initialise, type ServerPlan, startServer } from "./server.ts";
import { whyNot } from "./why-not.ts";

export interface EmbeddedOptions {
  readonly folder: string;
  readonly log: Logger;
  readonly installation?: Installation;
  readonly settings?: Readonly<Record<string, string>>;
  /** False only where the data may be lost with the machine, as in tests. */
  readonly durable?: boolean;
}

export interface Embedded {
  readonly url: string;
  /** Resolves when the server is no more, whoever ended it. */
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const DATABASE = "tutti";

/** Compiling a plan costs more than our short queries, and the embedded one is shared with nobody. */
const SETTINGS = { jit: "off", max_connections: "60" };
const CARELESS = { fsync: "off", full_page_writes: "off", synchronous_commit: "off" };

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = resolve(options.folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 });
    const letGo = await holdFolder(folder);
    return await startHeld(folder, options, letGo).catch(async (error: unknown) => {
      await letGo();
      throw error;
    });
  } catch (error) {
    throw explained(error, folder);
  }
}

async function startHeld(folder: string, options: EmbeddedOptions, letGo: () => Promise<void>): Promise<Embedded> {
  const { log, durable = true, installation = await bundledInstallation() } = options;
  const settings = { ...SETTINGS, ...(durable ? {} : CARELESS), ...options.settings };
  const home = await settle(folder, installation, log);
  const plan: ServerPlan = { ...home, settings, log };
  await bringData(plan, durable);
  const server = await startServer(plan);
  const url = (database: string) => `postgres://tutti@localhost/${database}?host=${encodeURIComponent(plan.run)}`;
  await createDatabase(url("postgres")).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return { url: url(DATABASE), ended: server.ended, stop: once(() => server.stop().then(letGo)) };
}

/** The data folder as it should be before a start: made if absent, of our version, and nobody at work in it. */
async function bringData(plan: ServerPlan, durable: boolean): Promise<void> {
  const { data, installation, owner } = plan;
  if (existsSync(data)) {
    refuseOtherMajor(data, (await readFile(join(data, "PG_VERSION"), "utf8")).trim(), installation.major);
    return stopOrphans(plan);
  }
  // Under another name first, so that a start killed in the middle of it leaves nothing that looks complete.
  const draft = `${data}.new`;
  await rm(draft, { recursive: true, force: true });
  await makePrivateFolder(draft, owner);
  await initialise(plan, draft, durable);
  await rename(draft, data);
}

function refuseOtherMajor(data: string, found: string, ours: number): void {
  if (Number(found) === ours) return;
  throw new InputError(
    data,
    `holds data of PostgreSQL ${found}, and this Tutti brings ${ours}; dump it with a PostgreSQL ${found} (pg_dump), move the folder away, start, and restore the dump`,
  );
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}

/** A bare ENOSPC or EACCES of ours deserves the same advice as one that PostgreSQL met. */
function explained(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new Error(`${whyNot(code, folder)} (${(error as Error).message})`, { cause: error });
}
