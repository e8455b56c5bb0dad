/** Builds what a person would run, so that the end-to-end tests try the bundle and not the sources it is made of. */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { createConsoleBuild } from "../../src/api/http/console-build.ts";
import { silentLog } from "../../src/telemetry/log.ts";

const root = resolve(import.meta.dirname, "../..");

export async function setup(): Promise<void> {
  execFileSync(process.execPath, ["src/boot/build.mjs"], { cwd: root, stdio: "inherit" });
  // Once, and not by each process that a test starts.
  const console = createConsoleBuild({ root, consoleFolder: resolve(root, "dist/console"), log: silentLog });
  await console.start();
  await console.finished();
}
