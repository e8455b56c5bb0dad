/** Which folders an embedded PostgreSQL uses, given the one that a person chose. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, lstat, mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../lib/input-error.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Installation } from "./installation.ts";
import { canReach, makePrivateFolder, type Owner, ownerFor } from "./owner.ts";

export interface Home {
  readonly owner: Owner | null;
  readonly data: string;
  readonly run: string;
  readonly installation: Installation;
}

/** Where root's PostgreSQL goes when its own user cannot walk to the chosen folder, as below `/root`. */
const REACHABLE = "/var/lib/tutti";

export async function settle(folder: string, installation: Installation, log: Logger): Promise<Home> {
  const base = await baseFor(folder);
  if (base !== folder) log.warn({ folder: base }, "embedded PostgreSQL keeps its data where its own user can reach it");
  const data = join(base, "data");
  const owner = await ownerFor(data);
  return { owner, data, run: await socketFolder(base, owner), installation: await reachable(installation, owner) };
}

/** The folder itself stays ours; what PostgreSQL writes lies in folders of its own below it. */
async function baseFor(folder: string): Promise<string> {
  const owner = await ownerFor(join(folder, "data"));
  const elsewhere = join(REACHABLE, digest(folder));
  const reachable = await canReach(folder, owner);
  if (existsSync(join(folder, "data"))) {
    if (reachable) return folder;
    throw new InputError(folder, `user ${owner?.uid} owns the data in it and cannot walk there; chmod o+x its parents`);
  }
  // Once there, it stays there: a parent that was opened since must not make a full database look empty.
  if (reachable && !(owner && existsSync(join(elsewhere, "data")))) return folder;
  await mkdir(elsewhere, { recursive: true, mode: 0o711 });
  return elsewhere;
}

/** A name for the socket is at most 107 bytes long, wherever the folder lies. */
const LONGEST_SOCKET_FOLDER = 107 - "/.s.PGSQL.5432.lock".length;

async function socketFolder(base: string, owner: Owner | null): Promise<string> {
  const near = join(base, "run");
  const run = Buffer.byteLength(near) <= LONGEST_SOCKET_FOLDER ? near : join(tmpdir(), `tutti-${digest(base)}`);
  await makePrivateFolder(run, owner);
  const found = await lstat(run);
  // In a folder that everybody writes to, somebody else may have been first.
  const expected = owner?.uid ?? process.getuid?.();
  if (!found.isDirectory() || (found.mode & 0o077) !== 0 || (expected !== undefined && found.uid !== expected))
    throw new InputError(run, "belongs to somebody else or is open to others; remove it and start again");
  return run;
}

/** A copy of the programs, where their user cannot walk to ours. One copy a version, made whole or not at all. */
async function reachable(installation: Installation, owner: Owner | null): Promise<Installation> {
  if (await canReach(installation.root, owner)) return installation;
  const root = join(REACHABLE, `postgresql-${installation.version}`);
  if (!existsSync(root)) {
    const draft = `${root}.${process.pid}`;
    await cp(installation.root, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, root).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return { ...installation, root, bin: join(root, "bin") };
}

function digest(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 12);
}
