/** PostGraphile and the newer Node it needs, from their packages, into a folder that git ignores. */
import { execFile } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { BENCH_FOLDER } from "../postgres.ts";

const PINNED = { node: "24.9.0", postgraphile: "5.1.5" };
const NODE = join(BENCH_FOLDER, "node_modules/node/bin/node");

/** Answers with the path of that Node. */
export async function installPeer(): Promise<string> {
  const installed = await access(join(BENCH_FOLDER, "node_modules/postgraphile")).then(
    () => true,
    () => false,
  );
  if (!installed) {
    await mkdir(BENCH_FOLDER, { recursive: true });
    await writeFile(join(BENCH_FOLDER, "package.json"), JSON.stringify({ private: true, dependencies: PINNED }));
    // It runs on its own Node, whatever ours is.
    await writeFile(join(BENCH_FOLDER, ".npmrc"), "engine-strict=false\nfund=false\naudit=false\n");
    await promisify(execFile)("npm", ["install", "--no-package-lock"], { cwd: BENCH_FOLDER });
  }
  return resolve(NODE);
}
