import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Service } from "../../../src/lib/service.ts";
import type { Change } from "../../../src/model/change.ts";
import { announceChanges, listenForChanges } from "../../../src/store/changes.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { asServer, type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { openSwallowingProxy } from "../../support/swallowing-proxy.ts";

let database: FreshDatabase;
let listener: Service;
let heard: (Change | "gap")[];

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  heard = [];
  listener = listenTo(database.url);
});
afterEach(() => listener.stop());

function listenTo(url: string, heartbeatMs = 10_000): Service {
  const onChange = (change: Change) => void heard.push(change);
  return listenForChanges({ url, log: silentLog, heartbeatMs, onChange, onGap: () => void heard.push("gap") });
}

const change = (...runs: number[]): Change => ({ sourceId: 1, runs });

async function listenersOf(): Promise<number[]> {
  const rows = await asServer<{ pid: number }>(
    "select pid from pg_stat_activity where datname = $1 and application_name = 'tutti changes'",
    [new URL(database.url).pathname.slice(1)],
  );
  return rows.map(({ pid }) => pid);
}

describe("what is announced", () => {
  it("is heard when the transaction commits", async () => {
    await listener.start();
    await database.db.transaction().execute(async (tx) => {
      await announceChanges(tx, [change(1, 2)]);
      await announceChanges(database.db, [change(9)]);
    });
    await eventually(() => heard.length === 2);
    expect(heard).toEqual([change(9), change(1, 2)]);
  });

  it("is never heard when it does not", async () => {
    await listener.start();
    const rolledBack = database.db.transaction().execute(async (tx) => {
      await announceChanges(tx, [change(1)]);
      throw new Error("rolled back");
    });
    await expect(rolledBack).rejects.toThrow("rolled back");
    await announceChanges(database.db, [change(2)]);
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([change(2)]);
  });

  it("becomes many where the ids would not fit", async () => {
    await listener.start();
    const all = Array.from({ length: 5_000 }, (_, index) => index + 1);
    await announceChanges(database.db, [{ sourceId: 7, runs: all }, change(1)]);
    await eventually(() => heard.length === 2);
    expect(heard).toEqual([{ sourceId: 7, runs: "many" }, change(1)]);
  });
});

describe("a connection that is killed", () => {
  it("is replaced, and the gap is told", async () => {
    await listener.start();
    for (const pid of await listenersOf()) await asServer("select pg_terminate_backend($1)", [pid]);
    await eventually(() => heard.includes("gap"));
    await announceChanges(database.db, [change(3)]);
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(["gap", change(3)]);
  });

  it("is not mourned twice", async () => {
    await listener.start();
    for (let times = 1; times <= 3; times += 1) {
      for (const pid of await listenersOf()) await asServer("select pg_terminate_backend($1, 1000)", [pid]);
      await eventually(() => heard.length === times);
    }
    expect(heard).toEqual(["gap", "gap", "gap"]);
  });
});

describe("a path that swallows bytes", () => {
  it("is noticed by the heartbeat", async () => {
    const proxy = await openSwallowingProxy(database.url);
    const throughProxy = listenTo(proxy.url, 50);
    await throughProxy.start();
    proxy.swallow();
    await announceChanges(database.db, [change(4)]);
    // What was connected stays deaf; only a new connection hears again.
    proxy.heal();
    await eventually(() => heard.includes("gap"), 20_000);
    expect(heard).toEqual(["gap"]);
    await throughProxy.stop();
    await proxy.close();
  });
});

describe("the listener as a service", () => {
  it("may be stopped before it starts, and twice", async () => {
    await listener.stop();
    await listener.start();
    await Promise.all([listener.stop(), listener.stop()]);
    await eventually(async () => (await listenersOf()).length === 0);
    await announceChanges(database.db, [change(5)]);
    expect(heard).toEqual([]);
  });

  it("does not start where there is no database", async () => {
    const nowhere = listenTo(database.url.replace(/test_\w+/, "nowhere"));
    await expect(nowhere.start()).rejects.toThrow(/does not exist/);
  });

  it("stops while it tries to reconnect", async () => {
    const fresh = await freshDatabase();
    const orphaned = listenTo(fresh.url);
    await orphaned.start();
    await fresh.close();
    await orphaned.stop();
    expect(heard).toEqual([]);
  });
});
