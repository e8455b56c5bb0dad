/** Which user PostgreSQL runs as. It refuses root, so root hands it to somebody who may do nothing else. */
import { chown, mkdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Null: as we are. Data that exists is run by whoever owns it, so that a `postgres` user added later changes nothing. */
export async function ownerFor(data: string): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  const existing = await stat(data).catch(() => null);
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  return unprivileged(await readFile("/etc/passwd", "utf8").catch(() => ""));
}

const NOBODY: Owner = { uid: 65_534, gid: 65_534 };

export function unprivileged(passwd: string): Owner {
  const users = passwd.split("\n").map((line) => line.split(":"));
  const user = ["postgres", "nobody"].map((name) => users.find(([word]) => word === name)).find(Boolean);
  return user ? { uid: Number(user[2]), gid: Number(user[3]) } : NOBODY;
}

export async function makePrivateFolder(path: string, owner: Owner | null): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** Whether the owner can walk to this path: `/root` lets nobody through. */
export async function canReach(path: string, owner: Owner | null): Promise<boolean> {
  if (owner === null) return true;
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found && !mayEnter(found, owner)) return false;
    if (at === dirname(at)) return true;
  }
}

function mayEnter(folder: { uid: number; gid: number; mode: number }, { uid, gid }: Owner): boolean {
  if (folder.uid === uid) return (folder.mode & 0o100) !== 0;
  return (folder.mode & (folder.gid === gid ? 0o010 : 0o001)) !== 0;
}
