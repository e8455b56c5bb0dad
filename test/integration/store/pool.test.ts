/** The four ways in which the driver, used as documented, loses writes, hangs or dies. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Deadlines } from "../../../src/store/connection.ts";
import { openStore, type Store } from "../../../src/store/open.ts";
import { sqlStateOf } from "../../../src/store/pool.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { asServer, type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { openSwallowingProxy, type SwallowingProxy } from "../../support/swallowing-proxy.ts";

const SHORT: Deadlines = { connectMs: 400, statementMs: 250, queryMs: 500, lockMs: 200, idleInTransactionMs: 5_000 };
/** A server that never speaks first, as behind a stalled path. */
const CLIENT_FIRST: Deadlines = { ...SHORT, statementMs: 0, queryMs: 250 };

let database: FreshDatabase;
let opened: Store[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  await sql`create table note (text text)`.execute(database.db);
});
afterAll(() => database.close());
beforeEach(() => sql`truncate note`.execute(database.db));
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
});

/** One connection, so that the next query must use what the last one left behind. */
function poolOfOne(options: { url?: string; deadlines: Deadlines; metrics?: ReturnType<typeof createMetrics> }): Store {
  const store = openStore({ url: database.url, max: 1, log: silentLog, ...options });
  opened.push(store);
  return store;
}

const note = (store: Store, text: string) => sql`insert into note values (${text})`.execute(store.db);

/** Asked over another connection, so that only what is committed counts. */
async function notes(): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`select text from note order by text`.execute(database.db);
  return rows.map((row) => row.text);
}

async function destroyed(metrics: ReturnType<typeof createMetrics>): Promise<number> {
  return (await metrics.dbDestroyed.get()).values[0]?.value ?? 0;
}

function slowTransaction(store: Store): Promise<unknown> {
  return store.db.transaction().execute(async (tx) => {
    await sql`insert into note values ('lost')`.execute(tx);
    await sql`select pg_sleep(1)`.execute(tx);
  });
}

describe("a slow statement in a transaction", () => {
  it("leaves no open transaction for the next", async () => {
    const metrics = createMetrics();
    const store = poolOfOne({ deadlines: CLIENT_FIRST, metrics });
    await expect(slowTransaction(store)).rejects.toThrow("Query read timeout");
    await note(store, "kept");
    expect(await notes()).toEqual(["kept"]);
    expect(await destroyed(metrics)).toBe(1);
  });

  it("is cancelled by the server before we give up", async () => {
    const metrics = createMetrics();
    const store = poolOfOne({ deadlines: SHORT, metrics });
    const error = await slowTransaction(store).catch((reason: unknown) => reason);
    expect(sqlStateOf(error)).toBe("57014");
    await note(store, "kept");
    expect(await notes()).toEqual(["kept"]);
    expect(await destroyed(metrics)).toBe(0);
  });
});

describe("a path that swallows bytes", () => {
  let proxy: SwallowingProxy;
  beforeEach(async () => {
    proxy = await openSwallowingProxy(database.url);
  });
  afterEach(() => proxy.close());

  function stalledTransaction(store: Store): Promise<unknown> {
    return store.db.transaction().execute(async (tx) => {
      await sql`insert into note values ('lost')`.execute(tx);
      proxy.swallow();
      await sql`insert into note values ('lost too')`.execute(tx);
    });
  }

  it("loses no write after it has healed", async () => {
    const store = poolOfOne({ url: proxy.url, deadlines: SHORT });
    await expect(stalledTransaction(store)).rejects.toThrow("Query read timeout");
    proxy.heal();
    await note(store, "kept");
    expect(await notes()).toEqual(["kept"]);
  });

  it("is left behind after a single statement too", async () => {
    const store = poolOfOne({ url: proxy.url, deadlines: SHORT });
    await note(store, "before");
    proxy.swallow();
    await expect(note(store, "lost")).rejects.toThrow("Query read timeout");
    proxy.heal();
    await note(store, "kept");
    expect(await notes()).toEqual(["before", "kept"]);
  });

  it("holds nobody up past the deadlines", async () => {
    const store = poolOfOne({ url: proxy.url, deadlines: SHORT });
    await note(store, "before");
    const begun = performance.now();
    await expect(stalledTransaction(store)).rejects.toThrow("Query read timeout");
    // The ROLLBACK that could not be sent costs no second deadline.
    expect(performance.now() - begun).toBeLessThan(2 * SHORT.queryMs - 50);
    await expect(note(store, "in the dark")).rejects.toThrow(/timeout/);
    expect(performance.now() - begun).toBeLessThan(2 * SHORT.queryMs + SHORT.connectMs + 300);
    proxy.heal();
    await note(store, "kept");
    expect(await notes()).toEqual(["before", "kept"]);
  });
});

describe("a slow statement without a transaction", () => {
  it("writes no row when it is reported as failed", async () => {
    const store = poolOfOne({ deadlines: SHORT });
    const slow = sql`insert into note select 'late' from pg_sleep(0.6)`.execute(store.db);
    await expect(slow).rejects.toMatchObject({ code: "57014" });
    await eventually(async () => !(await isBusy()));
    expect(await notes()).toEqual([]);
  });
});

async function isBusy(): Promise<boolean> {
  const rows = await asServer(
    "select from pg_stat_activity where datname = $1 and state = 'active' and pid <> pg_backend_pid()",
    [new URL(database.url).pathname.slice(1)],
  );
  return rows.length > 0;
}

describe("a backend killed while its transaction awaits something else", () => {
  let child: ChildProcess;
  afterEach(() => child.kill("SIGKILL"));

  it("rejects the transaction and leaves the process up", async () => {
    const script = join(import.meta.dirname, "../../support/waiting-transaction.ts");
    child = spawn(process.execPath, ["--import", "tsx", script, database.url], { stdio: ["pipe", "pipe", "inherit"] });
    const heard: string[] = [];
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => heard.push(line));
    const exit = once(child, "exit").then(() => heard.push("exit"));

    const pid = await eventually(() => /^backend (\d+)$/.exec(heard[0] ?? "")?.[1]);
    await asServer("select pg_terminate_backend($1)", [Number(pid)]);
    await eventually(() => heard.length > 1);
    expect(heard.slice(1)).toEqual(["database connection lost"]);

    child.stdin?.end("go on\n");
    await exit;
    expect(heard.slice(2)).toEqual(["transaction rejected", "next query answered", "exit"]);
  });
});

describe("an idle connection that is killed", () => {
  it("is replaced without a word to anybody", async () => {
    const store = poolOfOne({ deadlines: SHORT });
    const me = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(store.db)).rows[0]?.pid;
    const first = await me();
    await asServer("select pg_terminate_backend($1, 5000)", [first]);
    // The news may be on its way still: then this query is the one that fails, and nothing else.
    const second = await eventually(() => me().catch(() => null));
    expect(second).not.toBe(first);
  });
});

describe("a borrower that leaves its transaction open", () => {
  it("does not swallow what the next one writes", async () => {
    const store = poolOfOne({ deadlines: SHORT });
    await store.db.connection().execute(async (connection) => {
      await sql`begin`.execute(connection);
      await sql`insert into note values ('never committed')`.execute(connection);
    });
    await note(store, "kept");
    expect(await notes()).toEqual(["kept"]);
  });
});

describe("prepared statements", () => {
  const prepared = async (store: Store) =>
    (await sql<{ name: string }>`select name from pg_prepared_statements order by name`.execute(store.db)).rows;

  it("are named when a text with parameters comes again", async () => {
    const store = poolOfOne({ deadlines: SHORT });
    for (const text of ["a", "b", "c"]) await note(store, text);
    await sql`select 1`.execute(store.db);
    await sql`select 1`.execute(store.db);
    expect(await prepared(store)).toEqual([{ name: "t1" }]);
    expect(await notes()).toEqual(["a", "b", "c"]);
  });

  it("survive a table that changes under them", async () => {
    const store = poolOfOne({ deadlines: SHORT });
    const all = () => sql`select * from note where text <> ${""}`.execute(store.db);
    await note(store, "a");
    for (let times = 0; times < 3; times += 1) await all();
    await sql`alter table note add column added text`.execute(database.db);
    try {
      expect((await all()).rows).toEqual([{ text: "a", added: null }]);
      expect((await all()).rows).toEqual([{ text: "a", added: null }]);
    } finally {
      await sql`alter table note drop column added`.execute(database.db);
    }
  });

  it("are left out where a pooler would lose them", async () => {
    const store = openStore({ url: database.url, max: 1, log: silentLog, preparedStatements: false });
    opened.push(store);
    for (const text of ["a", "b", "c"]) await note(store, text);
    expect(await prepared(store)).toEqual([]);
  });
});

describe("the numbers of a pool", () => {
  it("tell busy from idle", async () => {
    const metrics = createMetrics();
    const store = poolOfOne({ deadlines: SHORT, metrics });
    const gauge = async () =>
      Object.fromEntries((await metrics.dbPool.get()).values.map(({ labels, value }) => [labels.state, value]));
    await store.db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      expect(await gauge()).toEqual({ idle: 0, busy: 1, waiting: 0 });
    });
    expect(await gauge()).toEqual({ idle: 1, busy: 0, waiting: 0 });
  });

  it("reads bigints as numbers, and refuses to round", async () => {
    const store = poolOfOne({ deadlines: SHORT });
    const { rows } = await sql<{ n: number }>`select 9007199254740991::bigint as n`.execute(store.db);
    expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
    await expect(sql`select 9007199254740993::bigint as n`.execute(store.db)).rejects.toThrow(RangeError);
  });
});
