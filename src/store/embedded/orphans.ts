/** A PostgreSQL whose program was killed goes on without it. It is stopped, not adopted: nobody reads its log any more. */
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../../telemetry/log.ts";

interface Remains {
  readonly data: string;
  readonly run: string;
  readonly log: Logger;
}

/** Called by the holder of the folder only, so whoever still works on the data belongs to nobody. */
export async function stopOrphans({ data, run, log }: Remains): Promise<void> {
  const pidFile = join(data, "postmaster.pid");
  if (existsSync(pidFile)) await stopAll(data, pidFile, log);
  // Their process id may belong to a stranger by now, or to a zombie that no init reaps, for whom PostgreSQL would
  // refuse to start.
  for (const file of [pidFile, join(run, SOCKET), join(run, `${SOCKET}.lock`)]) await rm(file, { force: true });
}

const SOCKET = ".s.PGSQL.5432";

async function stopAll(data: string, pidFile: string, log: Logger): Promise<void> {
  const postmaster = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  const residents = await residentsOf(data, postmaster);
  if (residents.length > 0) log.warn({ pids: residents }, "stopping a PostgreSQL left behind by a killed process");
  const gone =
    (await end(data, postmaster, "SIGINT", 5_000)) ||
    (await end(data, postmaster, "SIGQUIT", 3_000)) ||
    (await end(data, postmaster, "SIGKILL", 2_000));
  if (!gone)
    throw new Error(`processes ${residents.join(", ")} still work on ${data} and cannot be stopped; end them first`);
}

/** The postmaster ends its backends; where it is dead already, they are told one by one. */
async function end(data: string, postmaster: number, signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
  const residents = await residentsOf(data, postmaster);
  if (residents.length === 0) return true;
  for (const pid of residents.includes(postmaster) && signal !== "SIGKILL" ? [postmaster] : residents)
    tell(pid, signal);
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 10) {
    if ((await residentsOf(data, postmaster)).length === 0) return true;
    await pause(10);
  }
  return false;
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

/** Every process of a PostgreSQL works in its data folder, and nobody else does. */
async function residentsOf(data: string, postmaster: number): Promise<number[]> {
  const home = await realpath(data);
  const pids = process.platform === "linux" ? (await readdir("/proc")).filter((name) => /^\d+$/.test(name)) : [];
  if (process.platform !== "linux") return isAlive(postmaster) ? [postmaster] : [];
  const at = await Promise.all(pids.map((pid) => placeOf(pid)));
  return pids.filter((_, index) => at[index] === home).map(Number);
}

async function placeOf(pid: string): Promise<string | null> {
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  if (/\) Z /.test(state)) return null;
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
