/** Programs of a real tool: run to their end, or kept running with their output in a file. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";

type Environment = Readonly<Record<string, string>>;

/** Only what a program needs of ours: no setting of this shell may change what is tested. */
function environmentOf(more: Environment): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR, ...rest } = process.env;
  const pip = Object.fromEntries(Object.entries(rest).filter(([name]) => /^(PIP|UV|SSL|REQUESTS)_/.test(name)));
  return { PATH, HOME, LANG, TMPDIR, ...pip, ...more };
}

/** Rejects with the end of what it printed when it fails. */
export async function run(command: string, args: readonly string[], env: Environment, logFile: string): Promise<void> {
  const child = begin(command, args, env, logFile);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  const printed = await readFile(logFile, "utf8").catch(() => "");
  throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${printed.trim().slice(-1_500)}`);
}

export interface Running {
  /** With everything it has started itself. */
  stop(): Promise<void>;
}

export function keepRunning(command: string, args: readonly string[], env: Environment, logFile: string): Running {
  const child = begin(command, args, env, logFile);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    async stop() {
      signalGroup(child, "SIGTERM");
      const late = setTimeout(() => signalGroup(child, "SIGKILL"), 10_000);
      await ended;
      clearTimeout(late);
      // Workers that outlive their parent are in its group still.
      signalGroup(child, "SIGKILL");
    },
  };
}

function begin(command: string, args: readonly string[], env: Environment, logFile: string): ChildProcess {
  const child = spawn(command, args, { env: environmentOf(env), detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.once("close", () => log.end());
  return child;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}
