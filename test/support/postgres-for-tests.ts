/**
 * One PostgreSQL for a whole run of vitest, with a migrated template that `freshDatabase` copies. The embedded one;
 * or Debian's 15, the oldest we support, with TUTTI_TEST_POSTGRES=debian.
 */
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { TestProject } from "vitest/node";
import { type Embedded, startEmbedded } from "../../src/store/embedded/index.ts";
import { bundledInstallation, type Installation } from "../../src/store/embedded/installation.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/open.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const TEMPLATE = "tutti_template";

declare module "vitest" {
  interface ProvidedContext {
    /** The server's own database; `freshDatabase` makes the others. */
    readonly postgresUrl: string;
  }
}

interface Shared {
  users: number;
  readonly server: Promise<{ readonly postgres: Embedded; readonly folder: string }>;
}

/** Each project of vitest runs this file on its own; they share one server through the process. */
const shared = globalThis as { tuttiTestPostgres?: Shared };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.tuttiTestPostgres ??= { users: 0, server: start() };
  const mine = shared.tuttiTestPostgres;
  mine.users += 1;
  const { postgres, folder } = await mine.server;
  project.provide("postgresUrl", postgres.url);
  return async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    delete shared.tuttiTestPostgres;
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function start() {
  const installation = await chosenInstallation();
  const folder = await temporaryFolder();
  const settings = { max_connections: "200", lc_messages: "C" };
  const postgres = await startEmbedded({ folder, log: silentLog, installation, settings, durable: false });
  const { db, close } = openStore({ url: postgres.url, log: silentLog });
  await sql`create database ${sql.id(TEMPLATE)}`.execute(db);
  await close();
  const template = openStore({ url: databaseUrl(postgres.url, TEMPLATE), log: silentLog });
  await migrate(template.db);
  await template.close();
  return { postgres, folder };
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

export const DEBIAN_ROOT = "/usr/lib/postgresql";

async function chosenInstallation(): Promise<Installation> {
  const wanted = process.env.TUTTI_TEST_POSTGRES ?? "embedded";
  if (wanted === "embedded") return bundledInstallation();
  if (wanted === "debian") return debianInstallation();
  throw new Error(`TUTTI_TEST_POSTGRES is "${wanted}"; it is embedded or debian`);
}

export function debianInstallation(): Installation {
  const majors = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT).map(Number).filter(Number.isInteger) : [];
  const major = Math.min(...majors);
  const bin = join(DEBIAN_ROOT, String(major), "bin");
  if (!existsSync(join(bin, "postgres")))
    throw new Error("no PostgreSQL of Debian here; apt-get install postgresql-15");
  return { bin, major, root: bin, version: String(major) };
}
