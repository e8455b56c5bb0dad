/**
 * Builds the console when what it is made of has changed, beside the running server: GraphiQL's editor takes seconds of
 * CPU, and the API has no reason to wait for a page. Where there is nothing to build from, as in an image, it does nothing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "../../lib/service.ts";
import type { Logger } from "../../telemetry/log.ts";

export interface ConsoleBuildOptions {
  /** The repository: where `dashboards/console` and the lock file lie. */
  readonly root: string;
  readonly consoleFolder: string;
  readonly log: Logger;
}

export interface ConsoleBuild extends Service {
  /** Resolves when nothing is being built. */
  finished(): Promise<void>;
}

export function createConsoleBuild({ root, consoleFolder, log }: ConsoleBuildOptions): ConsoleBuild {
  let build: ChildProcess | null = null;
  let done: Promise<void> = Promise.resolve();

  return {
    start() {
      const made = fingerprintOf(root);
      if (build || made === null || made === stampOf(consoleFolder)) return Promise.resolve();
      log.info("building the console in the background");
      // Own group and low priority: what is ready to serve keeps the CPU.
      build = spawn("nice", ["-n", "10", "npm", "run", "--silent", "console:build"], {
        cwd: root,
        stdio: "ignore",
        detached: true,
      });
      done = new Promise((resolve) => {
        build?.once("error", (error) => {
          log.warn({ err: error }, "the console could not be built");
          resolve();
        });
        build?.once("exit", (code) => {
          if (code === 0) writeFileSync(join(consoleFolder, STAMP), made);
          if (code === 0) log.info("the console is built");
          else if (code !== null)
            log.warn({ code }, "the console could not be built; `npm run console:build` says why");
          build = null;
          resolve();
        });
      });
      return Promise.resolve();
    },

    finished: () => done,

    async stop() {
      if (build?.pid !== undefined) process.kill(-build.pid, "SIGTERM");
      await done;
    },
  };
}

const STAMP = ".made-of";

function stampOf(consoleFolder: string): string | null {
  const file = join(consoleFolder, STAMP);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** Of every source of the console and of the versions it is built with; null where there is nothing to build from. */
function fingerprintOf(root: string): string | null {
  const folder = join(root, "dashboards/console");
  const lock = join(root, "package-lock.json");
  // An installation without its development tools has no bundler.
  if (!existsSync(folder) || !existsSync(join(root, "node_modules/vite")) || !existsSync(lock)) return null;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile())
    .toSorted();
  const hash = createHash("sha256");
  for (const file of [...files, lock]) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}
