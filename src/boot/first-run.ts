/** Nobody gets in by a default: the first start makes an admin token, shows it once, and keeps it where only its owner reads. */
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { authenticate, issueCredential } from "../governance/credentials.ts";
import type { Principal } from "../governance/principal.ts";
import type { Db } from "../store/db.ts";

export const ADMIN: Principal = { name: "admin", role: "admin" };

export interface AdminToken {
  readonly path: string;
  /** The token, when it was made just now; null when it had been shown before. */
  readonly fresh: string | null;
}

/** Keeps the token of the folder as long as the database knows it: a new database makes a new one. */
export async function ensureAdminToken(db: Db, folder: string): Promise<AdminToken> {
  const path = join(folder, "admin.token");
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  if (kept !== "" && (await authenticate(db, kept))?.role === "admin") {
    // Restored from a backup, or copied, it may have become readable by others.
    await chmod(path, 0o600);
    return { path, fresh: null };
  }
  const { secret } = await issueCredential(db, {
    kind: "token",
    principal: ADMIN.name,
    role: ADMIN.role,
    label: "first run",
    validForMs: null,
  });
  await writePrivately(path, secret);
  return { path, fresh: secret };
}

/** Never readable by others, not even for the moment between writing and a `chmod`, and never half written. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await mkdir(join(path, ".."), { recursive: true });
  await rm(draft, { force: true });
  await writeFile(draft, `${text}\n`, { mode: 0o600, flag: "wx" });
  await rename(draft, path);
}
