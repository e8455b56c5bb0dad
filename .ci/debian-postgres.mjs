// Debian's PostgreSQL 15, the oldest we support, beside the one that comes with the packages. Answers why it is not
// to be had, or null.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";

const SERVER = "/usr/lib/postgresql/15/bin/postgres";

/** @returns {string | null} */
export function provideDebianPostgres() {
  if (existsSync(SERVER)) return null;
  if (process.getuid?.() !== 0)
    return "it is not installed, and only root may install it (apt-get install postgresql-15)";
  try {
    apt("update");
    // Else the package makes and starts a server of its own.
    mkdirSync("/etc/postgresql-common/createcluster.d", { recursive: true });
    writeFileSync("/etc/postgresql-common/createcluster.d/none.conf", "create_main_cluster = false\n");
    apt("install", "-y", "--no-install-recommends", "postgresql-15");
  } catch (error) {
    return `apt-get could not install postgresql-15 (${String(error).split("\n")[0]})`;
  }
  return existsSync(SERVER) ? null : `apt-get installed postgresql-15, but not ${SERVER}`;
}

/** @param {string[]} args */
function apt(...args) {
  execFileSync("apt-get", ["-q", ...args], {
    stdio: "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
