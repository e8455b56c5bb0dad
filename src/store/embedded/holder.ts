/** One program to a folder: a file names the process that holds it, and says so to the second. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../lib/input-error.ts";

interface Holder {
  readonly pid: number;
  /** Process ids come again; together with this they do not. */
  readonly born: string;
}

/** Refuses while another living process holds the folder. The answer lets go of it. */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "holder.json");
  const mine = JSON.stringify({ pid: process.pid, born: bornAt(process.pid) ?? "" } satisfies Holder);
  // A killed holder leaves its file behind, so it may take a second try; a third means that somebody races us.
  for (let tries = 0; tries < 3; tries += 1) {
    if (await writeOnce(path, mine)) return () => rm(path, { force: true });
    const found = await readFile(path, "utf8").catch(() => "");
    refuseIfAlive(folder, found);
    await setAside(path, found);
  }
  throw new InputError(folder, "another Tutti is starting on this folder at this moment");
}

/** `link` fails when the name exists, which makes it the test and the act in one. */
async function writeOnce(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function refuseIfAlive(folder: string, text: string): void {
  const holder = parseHolder(text);
  if (holder === null || bornAt(holder.pid) !== holder.born) return;
  throw new InputError(
    folder,
    `is in use by another Tutti (process ${holder.pid}); stop that one first, or choose another folder`,
  );
}

function parseHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

/** Takes the dead holder's file away, unless it was somebody's who came between: then theirs goes back. */
async function setAside(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  if (
    !(await rename(path, aside).then(
      () => true,
      () => false,
    ))
  )
    return;
  if ((await readFile(aside, "utf8")) !== dead) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** When a living process began, in whatever unit this system counts; null when there is none. */
function bornAt(pid: number): string | null {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    // The second field is the program's name and may hold anything, so count from its closing bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
