// `npm start`: builds what is out of date, then runs it in this same process. Plain JavaScript, for nothing is built yet.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "dist/program/tutti.js");

// Looking at the times of the files takes milliseconds; the bundler alone takes longer to load.
if (newest(["src", "adapters", "tsconfig.json", "package-lock.json"]) > timeOf(program)) await import("./build.mjs");

process.argv.splice(1, 1, program, "up");
await import(program);

function newest(paths) {
  return Math.max(0, ...paths.map((path) => newestBelow(join(root, path))));
}

/** Folders count as well: theirs is the time at which a file was taken away. */
function newestBelow(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestBelow(join(path, name))));
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
