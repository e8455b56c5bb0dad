/** A real Airflow on loopback, over a PostgreSQL of its own: its web server, and its scheduler where something is to run. */
import { pbkdf2Sync } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { freePort } from "../../../src/adapter/free-port.ts";
import type { Played } from "../../../src/adapter/conformance/stage.ts";
import { startEmbedded } from "../../../src/store/embedded/index.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { eventually } from "../../support/eventually.ts";
import { keepRunning, run, type Running } from "../processes.ts";
import { install, type Installed } from "./install.ts";
import type { Release } from "./releases.ts";
import { PASSWORD, settingsOf, USER } from "./settings.ts";

export interface RealAirflow extends Pick<Played, "url" | "config" | "secrets"> {
  readonly database: Client;
  readonly release: Release;
  /** Where it keeps what it needs. */
  readonly folder: string;
  /** As in an upgrade: the web server goes and comes back, and the rest goes on. */
  restartWeb(): Promise<void>;
  stop(): Promise<void>;
}

export interface Wishes {
  /** The folder of DAGs below `dags/`. */
  readonly dags: string;
  /** Whether runs are to run. */
  readonly schedules: boolean;
}

export async function startAirflow(release: Release, { dags, schedules }: Wishes): Promise<RealAirflow> {
  const installed = await install(release);
  const data = join(installed.folder, `postgres-${dags}`);
  await rm(data, { recursive: true, force: true });
  await mkdir(join(installed.folder, "output"), { recursive: true });
  const postgres = await startEmbedded({ folder: data, log: silentLog, durable: false });
  const socket = new URL(postgres.url).searchParams.get("host") ?? "";
  const port = await freePort();
  const folder = resolve(import.meta.dirname, "dags", dags);
  const settings = settingsOf(release, installed, { port, socket, database: "tutti", dags: folder });
  await prepare(release, installed, settings);

  const url = `http://127.0.0.1:${port}`;
  const begin = (args: readonly string[]) =>
    keepRunning(installed.airflow, args, settings, join(installed.folder, "output", `${args[0]}.log`));
  const [web = [], ...others] = programsOf(release, schedules, port);
  const programs = [begin(web), ...others.map(begin)];
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  if (release.api === "v1") await hashCheaply(database);
  const answers = () => whenItAnswers(`${url}/api/${release.api}/version`);
  await answers();
  return {
    url,
    release,
    folder: installed.folder,
    database,
    async restartWeb() {
      await programs[0]?.stop();
      programs[0] = begin(web);
      await answers();
    },
    config: { url, auth: { kind: "password", username: USER, password: "env:AIRFLOW_REAL_PASSWORD" } },
    secrets: { AIRFLOW_REAL_PASSWORD: PASSWORD },
    stop: () => stopAll(programs, database, () => postgres.stop()),
  };
}

async function prepare(release: Release, installed: Installed, settings: Record<string, string>): Promise<void> {
  const { folder, airflow } = installed;
  const call = (name: string, args: readonly string[]) =>
    run(airflow, args, settings, join(folder, "output", `${name}.log`));
  await writeFile(join(folder, "passwords.json"), JSON.stringify({ [USER]: PASSWORD }));
  await call("migrate", ["db", "migrate"]);
  const user = ["-u", USER, "-p", PASSWORD, "-r", "Admin", "-e", "tutti@example.com", "-f", "Tutti", "-l", "Tests"];
  if (release.api === "v1") await call("user", ["users", "create", ...user]);
  await call("reserialize", ["dags", "reserialize"]);
}

/** 3.x has taken the server, the reader of DAGs and the scheduler apart. */
function programsOf({ api }: Release, schedules: boolean, port: number): string[][] {
  if (api === "v1") {
    return [["webserver", "--hostname", "127.0.0.1"], ...(schedules ? [["scheduler"], ["triggerer"]] : [])];
  }
  const server = ["api-server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"];
  return [server, ...(schedules ? [["scheduler"], ["dag-processor"], ["triggerer"]] : [])];
}

/** 2.x checks the password at every request, and so slowly on purpose that a suite would take three times as long. */
async function hashCheaply(database: Client): Promise<void> {
  const salt = "of-the-tests";
  const hash = pbkdf2Sync(PASSWORD, salt, 1, 32, "sha256").toString("hex");
  await database.query("update ab_user set password = $1 where username = $2", [
    `pbkdf2:sha256:1$${salt}$${hash}`,
    USER,
  ]);
}

async function whenItAnswers(url: string): Promise<void> {
  await eventually(async () => {
    const reply = await fetch(url).catch(() => null);
    return reply?.ok ? true : null;
  }, 180_000);
}

async function stopAll(programs: readonly Running[], database: Client, stopPostgres: () => Promise<void>) {
  await database.end();
  await Promise.all(programs.map((program) => program.stop()));
  await stopPostgres();
}
