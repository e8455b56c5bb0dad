import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "../../../src/store/db.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await sql`create table hot (id integer primary key, n integer not null)`.execute(database.db);
});
afterAll(() => database.close());
beforeEach(() => sql`truncate hot; insert into hot values (1, 0), (2, 0)`.execute(database.db));

const counts = async () => (await sql<{ n: number }>`select n from hot order by id`.execute(database.db)).rows;

/** Two rows in this order; whoever takes them in the other order at the same time makes a deadlock. */
async function addToBoth(tx: Db, [first, second]: readonly [number, number]): Promise<void> {
  await sql`set local deadlock_timeout = '5ms'`.execute(tx);
  await sql`update hot set n = n + 1 where id = ${first}`.execute(tx);
  await sql`update hot set n = n + 1 where id = ${second}`.execute(tx);
}

describe("transactions in conflict", () => {
  it("lose no update in a storm of deadlocks", async () => {
    let tries = 0;
    const storm = Array.from({ length: 16 }, (_, index) =>
      inTransaction(database.db, (tx) => {
        tries += 1;
        return addToBoth(tx, index % 2 ? [1, 2] : [2, 1]);
      }),
    );
    await Promise.all(storm);
    expect(await counts()).toEqual([{ n: 16 }, { n: 16 }]);
    expect(tries).toBeGreaterThan(16);
  });

  it("lose no update where each read is a promise", async () => {
    const increments = Array.from({ length: 4 }, () =>
      inTransaction(database.db, async (tx) => {
        await sql`set transaction isolation level serializable`.execute(tx);
        const { rows } = await sql<{ n: number }>`select n from hot where id = 1`.execute(tx);
        await sql`update hot set n = ${(rows[0]?.n ?? 0) + 1} where id = 1`.execute(tx);
      }),
    );
    await Promise.all(increments);
    expect((await counts())[0]).toEqual({ n: 4 });
  });

  it("give up after a bounded number of tries", async () => {
    let tries = 0;
    const hopeless = inTransaction(database.db, async (tx) => {
      tries += 1;
      await sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(tx);
    });
    await expect(hopeless).rejects.toMatchObject({ code: "40001" });
    expect(tries).toBe(8);
  });
});

describe("an error that is no conflict", () => {
  it("is not tried again", async () => {
    let tries = 0;
    const broken = inTransaction(database.db, async (tx) => {
      tries += 1;
      await sql`select 1 / 0`.execute(tx);
    });
    await expect(broken).rejects.toMatchObject({ code: "22012" });
    expect(tries).toBe(1);
  });
});

describe("a transaction in a transaction", () => {
  it("is the same one", async () => {
    const outer = inTransaction(database.db, async (tx) => {
      await inTransaction(tx, (inner) => addToBoth(inner, [1, 2]));
      throw new Error("rolled back");
    });
    await expect(outer).rejects.toThrow("rolled back");
    expect(await counts()).toEqual([{ n: 0 }, { n: 0 }]);
  });
});
