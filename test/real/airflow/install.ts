/** Installs an Airflow into `.real/`, once: what is there already and was made of the same packages is kept. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../processes.ts";
import { Unavailable } from "../unavailable.ts";
import type { Release } from "./releases.ts";

export interface Installed {
  readonly folder: string;
  /** The program `airflow`. */
  readonly airflow: string;
  readonly bin: string;
}

export async function install(release: Release): Promise<Installed> {
  const { name } = release;
  const folder = resolve(".real", name);
  const bin = join(folder, "venv/bin");
  const stamp = join(folder, "installed.txt");
  const constraints = join(import.meta.dirname, `${name}.constraints.txt`);
  const wanted = `${release.packages.join("\n")}\n${await readFile(constraints, "utf8")}`;
  if ((await readFile(stamp, "utf8").catch(() => "")) !== wanted) {
    await rm(join(folder, "venv"), { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await installAll(folder, bin, ["--constraint", constraints, ...release.packages]).catch((error: Error) => {
      throw new Unavailable(name, error.message.slice(-500));
    });
    await writeFile(stamp, wanted);
  }
  return { folder, bin, airflow: join(bin, "airflow") };
}

async function installAll(folder: string, bin: string, what: readonly string[]): Promise<void> {
  const log = join(folder, "install.log");
  await run("python3", ["-m", "venv", join(folder, "venv")], {}, log);
  // Most of it is never imported: what is, Python compiles by itself.
  const quietly = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"];
  await run(join(bin, "pip"), ["install", ...quietly, ...what], {}, log);
}
