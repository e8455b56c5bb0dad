/** The PostgreSQL that comes along: it is killed, doubled, misplaced and mutilated, and starts again or says why not. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Embedded, type EmbeddedOptions, startEmbedded } from "../../../src/store/embedded/index.ts";
import { bundledInstallation, restoreLinks } from "../../../src/store/embedded/installation.ts";
import { openStore } from "../../../src/store/open.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let folder: string;
let started: Embedded[] = [];
let children: ChildProcess[] = [];

/** `initdb` once for all: most of these tests begin with a second start. */
let made: string;
beforeAll(async () => {
  made = await temporaryFolder();
  await (await startEmbedded({ folder: made, log: silentLog, durable: false })).stop();
});
afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(started.map((postgres) => postgres.stop()));
  await endResidents();
  [started, children] = [[], []];
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const postgres = await startEmbedded({ folder, log: silentLog, ...options });
  started.push(postgres);
  return postgres;
}

/** Quick where the test does not ask about durability. */
async function startCareless(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  await bringMadeData(options.folder ?? folder);
  return start({ durable: false, ...options });
}

/** With its owner, which Node does not copy. */
async function bringMadeData(target: string): Promise<void> {
  if (existsSync(join(target, "data"))) return;
  await mkdir(target, { recursive: true, mode: 0o711 });
  execFileSync("cp", ["-a", join(made, "data"), join(target, "data")]);
}

async function query<Row>(postgres: Embedded, text: string): Promise<Row[]> {
  const store = openStore({ url: postgres.url, log: silentLog });
  try {
    return (await sql.raw<Row>(text).execute(store.db)).rows;
  } finally {
    await store.close();
  }
}

/** Another process that serves from the folder, once it has committed its row. */
async function otherProcess(): Promise<ChildProcess> {
  await bringMadeData(folder);
  const script = join(import.meta.dirname, "../../support/embedded-child.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

/** Every process that works in the data folder. */
async function residents(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return pids.filter((_, index) => places[index] === join(folder, "data")).map(Number);
}

async function endResidents(): Promise<void> {
  for (const pid of await residents()) endUnlessGone(pid);
}

/** PostgreSQL's processes end one another: between the list and the signal a pid may have gone. */
function endUnlessGone(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

const COMMITTED = [{ text: "committed" }];

describe("kill -9", () => {
  it("of everything loses nothing that was committed", async () => {
    await kill(await otherProcess());
    await endResidents();
    const postgres = await start();
    expect(await query(postgres, "select text from note")).toEqual(COMMITTED);
  });

  it("of our process leaves a server that the next start ends", async () => {
    await kill(await otherProcess());
    const [orphans, orphan] = [await residents(), postmaster()];
    expect(orphans).toContain(orphan);
    const postgres = await start();
    expect(postmaster()).not.toBe(orphan);
    expect(await query(postgres, "select text from note")).toEqual(COMMITTED);
    expect((await residents()).filter((pid) => orphans.includes(pid))).toEqual([]);
  });

  it("of the postmaster alone leaves backends that the next start ends", async () => {
    const child = await otherProcess();
    // A backend that does not notice, because it computes.
    const url = `postgres://tutti@localhost/tutti?host=${encodeURIComponent(join(folder, "run"))}`;
    const busy = openStore({ url, log: silentLog, deadlines: { statementMs: 0, queryMs: 60_000 } });
    const computing = sql`select count(*) from generate_series(1, 4000000000)`.execute(busy.db).catch(() => "ended");
    await eventually(async () => (await residents()).length > 7);
    process.kill(postmaster(), "SIGKILL");
    await kill(child);
    const postgres = await start();
    expect(await query(postgres, "select text from note")).toEqual(COMMITTED);
    expect(await computing).toBe("ended");
    await busy.close();
  });

  it("of the server is survived by the pool of who uses it", async () => {
    const first = await startCareless();
    const store = openStore({ url: first.url, log: silentLog });
    const held = store.db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      process.kill(postmaster(), "SIGQUIT");
      await first.ended;
      await sql`select 1`.execute(tx);
    });
    await expect(held).rejects.toThrow();
    await expect(sql`select 1`.execute(store.db)).rejects.toThrow();
    await first.stop();
    await startCareless();
    expect((await sql`select 1 as one`.execute(store.db)).rows).toEqual([{ one: 1 }]);
    await store.close();
  });

  it("in the middle of the first start is forgotten", async () => {
    await mkdir(join(folder, "data.new"));
    await writeFile(join(folder, "data.new", "half"), "");
    expect(await query(await start({ durable: false }), "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("whose process id a stranger got does not prevent the start", async () => {
    await (await startCareless()).stop();
    // A living process of the very user that PostgreSQL runs as: it would take it for another server.
    const serverOfTests = await postmasterBehind(inject("postgresUrl"));
    await writeFile(join(folder, "data", "postmaster.pid"), `${serverOfTests}\n${folder}/data\n`);
    expect(await query(await startCareless(), "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

/** Told by the kernel while the backend is held: once its session is closed, so is its entry in `/proc`. */
async function postmasterBehind(url: string): Promise<number> {
  const store = openStore({ url, log: silentLog });
  try {
    return await store.db.connection().execute(async (session) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(session);
      return Number(readFileSync(`/proc/${rows[0]?.pid}/stat`, "utf8").split(" ")[3]);
    });
  } finally {
    await store.close();
  }
}

function postmaster(): number {
  return Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0]);
}

describe("a second start on the same folder", () => {
  it("is refused, and told who holds it", async () => {
    const child = await otherProcess();
    await expect(start()).rejects.toThrow(`in use by another Tutti (process ${child.pid})`);
  });

  it("is refused in the same instant", async () => {
    const outcomes = await Promise.allSettled([startCareless(), startCareless(), startCareless()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
  });

  it("succeeds after the first has stopped", async () => {
    const first = await startCareless();
    await Promise.all([first.stop(), first.stop()]);
    expect(await residents()).toEqual([]);
    expect(await query(await startCareless(), "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe("blocked install scripts", () => {
  it("do no harm: the links are made at the start", async () => {
    const bundled = await bundledInstallation();
    const root = join(folder, "package", "native");
    await cp(bundled.root, root, { recursive: true, filter: async (path) => !(await isLink(path)) });
    const installation = { ...bundled, root, bin: join(root, "bin") };
    await expect(startCareless({ installation })).rejects.toThrow(/a library is missing/);

    await Promise.all([restoreLinks(root), restoreLinks(root), restoreLinks(root)]);
    expect(await query(await startCareless({ installation }), "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

const isLink = (path: string) =>
  readlink(path).then(
    () => true,
    () => false,
  );

describe.runIf(process.getuid?.() === 0)("started by root", () => {
  it("runs as somebody who is not", async () => {
    await startCareless();
    expect((await stat(`/proc/${postmaster()}`)).uid).not.toBe(0);
    expect((await stat(join(folder, "data"))).mode & 0o777).toBe(0o700);
  });

  it("moves where its user can walk, and stays there", async () => {
    const hidden = join(folder, "only-for-root");
    await mkdir(hidden, { mode: 0o700 });
    const bundled = await bundledInstallation();
    const root = join(hidden, "native");
    await cp(bundled.root, root, { recursive: true, verbatimSymlinks: true });
    const installation = { ...bundled, root, bin: join(root, "bin"), version: `of-a-test-${process.pid}` };
    const first = await start({ folder: join(hidden, "postgres"), installation, durable: false });
    const elsewhere = /host=(.*)%2Frun/.exec(first.url)?.[1] ?? "";
    expect(decodeURIComponent(elsewhere)).toMatch(/^\/var\/lib\/tutti\//);
    await query(first, "create table kept (id integer)");
    await first.stop();

    await chmod(hidden, 0o711);
    const second = await start({ folder: join(hidden, "postgres") });
    expect(await query(second, "select count(*) as rows from kept")).toEqual([{ rows: 0 }]);
    await second.stop();
    await rm(decodeURIComponent(elsewhere), { recursive: true });
    await rm(`/var/lib/tutti/postgresql-${installation.version}`, { recursive: true });
  });
});

describe("a start that cannot be", () => {
  it("says that the data is of another version", async () => {
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "data", "PG_VERSION"), "14\n");
    await expect(start()).rejects.toThrow(/holds data of PostgreSQL 14.*pg_dump/);
  });

  it("says that the folder is none", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(start({ folder: join(folder, "file") })).rejects.toThrow(/is not a folder; choose another one/);
  });

  it("says that the data is damaged, and lets go of the folder", async () => {
    await (await startCareless()).stop();
    await rm(join(folder, "data", "global", "pg_control"));
    for (let times = 0; times < 2; times += 1)
      await expect(start()).rejects.toThrow(/is damaged; restore it from a backup/);
    expect(existsSync(join(folder, "holder.json"))).toBe(false);
  });
});

describe("a folder with a very long name", () => {
  it("gets its socket elsewhere", async () => {
    const postgres = await startCareless({ folder: join(folder, "a".repeat(120)) });
    expect(await query(postgres, "select 1 as one")).toEqual([{ one: 1 }]);
    const socketFolder = new URL(postgres.url).searchParams.get("host") ?? "";
    expect((await stat(socketFolder)).mode & 0o777).toBe(0o700);
    await postgres.stop();
    await rm(socketFolder, { recursive: true });
  });
});
