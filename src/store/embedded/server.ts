/** A PostgreSQL of our own: made, started, awaited until it serves, and stopped so that the next start is quick. */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../../telemetry/log.ts";
import type { Installation } from "./installation.ts";
import type { Owner } from "./owner.ts";
import { type Program, runProgram } from "./program.ts";
import { whyNot } from "./why-not.ts";

export interface ServerPlan {
  readonly installation: Installation;
  readonly owner: Owner | null;
  readonly data: string;
  /** Where the socket lies. There is no port, hence no password, and no other user can knock. */
  readonly run: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Logger;
}

export interface Server {
  /** Resolves when it is no more, whoever ended it. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Runs `initdb` to its end in an empty folder of the owner. */
export async function initialise(plan: ServerPlan, data: string, durable: boolean): Promise<void> {
  // Order and case of every alphabet, the same on every machine: built in since 17, the system's before.
  const builtIn = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const locale = plan.installation.major >= 17 ? builtIn : ["--locale=C.UTF-8"];
  const access = ["--username=tutti", "--auth-local=trust", "--auth-host=reject"];
  const haste = durable ? [] : ["--no-sync"];
  const args = ["-D", data, "--encoding=UTF8", ...locale, ...access, ...haste, "--no-instructions"];
  const initdb = runProgram(join(plan.installation.bin, "initdb"), args, surroundings(plan));
  if ((await initdb.ended) !== 0) throw cannotStart(plan, initdb);
}

export async function startServer(plan: ServerPlan): Promise<Server> {
  let serves = () => {};
  const ready = new Promise<true>((resolve) => {
    serves = () => resolve(true);
  });
  const postgres = runProgram(join(plan.installation.bin, "postgres"), ["-D", plan.data, ...options(plan)], {
    ...surroundings(plan),
    onLine: (line) => line.endsWith("database system is ready to accept connections") && serves(),
  });
  if ((await Promise.race([ready, postgres.ended])) !== true) throw cannotStart(plan, postgres);
  return { ended: postgres.ended, stop: () => stop(postgres) };
}

function options({ run, settings }: ServerPlan): string[] {
  const always = {
    listen_addresses: "",
    unix_socket_directories: run,
    unix_socket_permissions: "0700",
    log_line_prefix: "",
    timezone: "UTC",
  };
  return Object.entries({ ...always, ...settings }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function surroundings({ owner, log, installation }: ServerPlan) {
  return { owner, log, cwd: installation.root };
}

function cannotStart({ data }: ServerPlan, program: Program): Error {
  const said = program.lastWords();
  return new Error(`${whyNot(said, data)}\n${said.replaceAll(/^/gm, "  ")}`);
}

const STOP_PATIENCE_MS = 20_000;

/** Fast: open transactions are rolled back, and everything is on disk when it ends. */
async function stop(postgres: Program): Promise<void> {
  postgres.tell("SIGINT");
  const waiting = new AbortController();
  const late = pause(STOP_PATIENCE_MS, "late", { signal: waiting.signal }).catch(() => null);
  const first = await Promise.race([postgres.ended, late]);
  waiting.abort();
  // Immediate: nothing committed is lost, the next start recovers it from the log.
  if (first === "late") postgres.tell("SIGQUIT");
  await postgres.ended;
}
