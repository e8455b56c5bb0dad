/** A program beside the bench, so that none shares an event loop with another. It says one line of JSON when it is ready. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export interface Program<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** What it says next. */
  readonly next: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export interface ProgramOptions {
  /** Our Node, unless told otherwise. */
  readonly with?: string;
  readonly args: readonly string[];
}

const BUILT = "dist/bench";

/** As we deliver it: what tsx makes of a closure names it anew each time it is made, which costs a server a tenth. */
export async function buildPrograms(): Promise<void> {
  const options = ["-p", ".", "--noEmit", "false", "--outDir", BUILT];
  await promisify(execFile)(process.execPath, ["node_modules/typescript/bin/tsc", ...options]);
}

export async function startProgram<Ready>(path: string, options: ProgramOptions): Promise<Program<Ready>> {
  const file = path.endsWith(".ts") ? `${BUILT}/${path.replace(/\.ts$/, ".js")}` : path;
  const child = spawn(options.with ?? process.execPath, [file, ...options.args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "production", GRAPHILE_ENV: "production" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error(`${path} ended before it answered`);
    return JSON.parse(line.value) as unknown;
  };
  return {
    ready: (await next()) as Ready,
    pid: child.pid ?? 0,
    next,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
