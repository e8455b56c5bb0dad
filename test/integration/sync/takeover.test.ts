import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { aSource } from "./given.ts";

let database: FreshDatabase;
let replicas: ChildProcess[] = [];

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const replica of replicas) replica.kill("SIGKILL");
  replicas = [];
  await database.close();
});

function startReplica(owner: string): ChildProcess {
  const program = join(import.meta.dirname, "replica.ts");
  const replica = spawn(process.execPath, ["--import", "tsx", program, database.url, owner], { stdio: "inherit" });
  replicas.push(replica);
  return replica;
}

async function heldBy(owner: string): Promise<number> {
  const rows = await database.db.selectFrom("source_sync").select("source_id").where("owner", "=", owner).execute();
  return rows.length;
}

async function msUntil(look: () => Promise<boolean>, withinMs: number): Promise<number> {
  const began = performance.now();
  await eventually(look, withinMs);
  return performance.now() - began;
}

describe("replicas that share the sources", () => {
  it("replace one that was killed within 15 s", async () => {
    for (let at = 0; at < 6; at += 1) await aSource(database.db, `s${at}`);
    const first = startReplica("first");
    await eventually(async () => (await heldBy("first")) === 6, 30_000);
    startReplica("second");
    await eventually(async () => (await heldBy("second")) === 3, 30_000);
    first.kill("SIGKILL");
    const tookMs = await msUntil(async () => (await heldBy("second")) === 6, 20_000);
    console.log(`taken over ${Math.round(tookMs)} ms after kill -9`);
    expect(tookMs).toBeLessThan(15_000);
  });

  it("hand over within a second when one is stopped", async () => {
    for (let at = 0; at < 4; at += 1) await aSource(database.db, `s${at}`);
    const first = startReplica("first");
    startReplica("second");
    await eventually(async () => (await heldBy("first")) === 2 && (await heldBy("second")) === 2, 30_000);
    first.kill("SIGTERM");
    await once(first, "exit");
    const tookMs = await msUntil(async () => (await heldBy("second")) === 4, 20_000);
    console.log(`handed over ${Math.round(tookMs)} ms after the stop`);
    // A tick a second, and what this busy machine adds.
    expect(tookMs).toBeLessThan(2_000);
  });
});
