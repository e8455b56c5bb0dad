/** A transaction that is tried again when PostgreSQL had to end it for the sake of another one. */
import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "./db.ts";
import { sqlStateOf } from "./pool.ts";

/** Serialization failure and deadlock: nothing of it was kept, and the next try sees what the winner wrote. */
const CONFLICTS = ["40001", "40P01"];

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 10;

/**
 * `work` may run several times, so it touches nothing but the database. A lost connection is no conflict: a commit whose
 * answer never came may have happened, and is not repeated here. Inside a transaction it joins that one.
 */
export async function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !CONFLICTS.includes(sqlStateOf(error) ?? "")) throw error;
      // Apart from each other, or those who met would meet again.
      await pause(FIRST_WAIT_MS * 2 ** attempt * Math.random());
    }
  }
}
