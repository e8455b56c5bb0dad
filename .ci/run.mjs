// The words of package.json in order, and the sum of what their tests said. Node alone: nothing is installed yet.
import { spawn } from "node:child_process";
import { provideDebianPostgres } from "./debian-postgres.mjs";

/** @typedef {{ what: string, command: string[], env?: Record<string, string>, prepare?: () => string | null }} Step */

/** @type {Step[]} */
const steps = [
  { what: "install and test", command: ["npm", "cit"] },
  { what: "check", command: ["npm", "run", "check"] },
  {
    what: "integration tests on Debian's PostgreSQL 15",
    // Killing our own processes asks nothing of the database that the tests of the store do not ask.
    command: ["npm", "test", "--", "--project", "integration", "--exclude", "test/integration/torture/**"],
    env: { TUTTI_TEST_POSTGRES: "debian" },
    prepare: provideDebianPostgres,
  },
];

/** @type {Record<string, number>} */
const sum = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];

for (const step of steps) {
  const missing = step.prepare?.() ?? null;
  if (missing !== null) {
    skipped.push(`skipped: ${step.what}: ${missing}`);
    sum.skipped += 1;
    continue;
  }
  const { code, closing } = await run(step);
  for (const word of Object.keys(sum)) sum[word] += Number(new RegExp(`(\\d+) ${word}`).exec(closing)?.[1] ?? 0);
  if (code !== 0) {
    sum.failed = Math.max(sum.failed, 1);
    process.stderr.write(`${step.what}: ${step.command.join(" ")} ended with ${code}\n`);
    break;
  }
}

for (const line of skipped) process.stdout.write(`${line}\n`);
const closing = `${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""}`;
process.stdout.write(`${closing}\n`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;

/**
 * Passes the output on as it comes, and keeps the last closing line of it.
 * @param {Step} step
 * @returns {Promise<{ code: number, closing: string }>}
 */
function run({ command: [program = "", ...args], env }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
    let closing = "";
    let rest = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (/^\d+ passed, \d+ failed(, \d+ skipped)?$/.test(line)) closing = line;
    });
    child.on("close", (code) => resolve({ code: code ?? 1, closing }));
  });
}
