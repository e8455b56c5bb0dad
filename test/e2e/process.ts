/** The real process, in a folder of its own, as a person would start it. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

const ROOT = join(import.meta.dirname, "../..");
const TUTTI = [join(ROOT, "dist/program/tutti.js")];
const READY_WITHIN_MS = 90_000;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly note: string;
}

export interface Home {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `tutti …` to its end. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** `tutti up` until it says that it is ready. */
  up(environment?: Readonly<Record<string, string>>): Promise<Up>;
  /** A question by the admin's token. */
  ask<Data>(query: string): Promise<Data>;
  remove(): Promise<void>;
}

export interface Up {
  readonly pid: number;
  readonly out: string;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export async function newHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), "tutti-e2e-"));
  // The embedded PostgreSQL runs as another user when we are root, and must get in.
  await chmod(folder, 0o755);
  const [api, metrics] = [randomInt(20_000, 26_000), randomInt(26_000, 32_000)];
  const url = `http://127.0.0.1:${api}`;
  const environment = {
    PATH: process.env.PATH ?? "",
    TUTTI_DATA: join(folder, ".tutti"),
    TUTTI_LISTEN: `127.0.0.1:${api}`,
    TUTTI_METRICS_LISTEN: `127.0.0.1:${metrics}`,
    TUTTI_LOG_FORMAT: "json",
  };
  const running = new Set<ChildProcess>();

  function start(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [...TUTTI, ...words], { cwd: folder, env: { ...environment, ...more } });
    const said = { out: "", note: "" };
    child.stdout.on("data", (data: Buffer) => void (said.out += data.toString()));
    child.stderr.on("data", (data: Buffer) => void (said.note += data.toString()));
    running.add(child);
    const ended = once(child, "close").then(([code]): Ended => {
      running.delete(child);
      return { code: code as number | null, ...said };
    });
    return { child, said, ended };
  }

  return {
    folder,
    environment,
    run: (words, more) => start(words, more).ended,

    async up(more) {
      const { child, said, ended } = start(["up"], more);
      let over = false;
      void ended.then(() => (over = true));
      await eventually(() => over || said.out.includes("is ready after"), READY_WITHIN_MS);
      if (over) throw new Error(`ended before it was ready:\n${said.note}`);
      return { pid: child.pid ?? 0, out: said.out, signal: (signal) => void child.kill(signal), ended };
    },

    async ask<Data>(query: string) {
      const token = readFileSync(join(environment.TUTTI_DATA, "admin.token"), "utf8").trim();
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
      const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },

    async remove() {
      for (const child of running) child.kill("SIGTERM");
      await eventually(() => running.size === 0, 15_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The embedded PostgreSQL of a folder, or null when none is at work. */
export function postgresOf({ environment }: Home): number | null {
  const path = join(environment.TUTTI_DATA ?? "", "data/postmaster.pid");
  if (!existsSync(path)) return null;
  const pid = Number(readFileSync(path, "utf8").split("\n")[0]);
  return isAlive(pid) ? pid : null;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
