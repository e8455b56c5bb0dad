import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { declareSource, knownSources, removeSource, sourceVersions } from "../../../src/store/sources.ts";
import {
  claimSources,
  Fenced,
  releaseSource,
  renewLeases,
  takeFairShare,
  underLease,
} from "../../../src/store/sync/lease.ts";
import { writeMarks } from "../../../src/store/sync/marks.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { aSource } from "./given.ts";

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom("source").execute();
});

async function expire(): Promise<void> {
  await sql`update source_sync set lease_until = now() - interval '1 ms' where owner is not null`.execute(database.db);
}

describe("leases", () => {
  it("give each source to one replica only", async () => {
    for (let at = 0; at < 20; at += 1) await aSource(database.db, `s${at}`);
    const claims = await Promise.all(["a", "b", "c", "d"].map((owner) => claimSources(database.db, owner, 20)));
    const ids = claims.flat().map((lease) => lease.sourceId);
    expect(new Set(ids).size).toBe(20);
    expect(ids).toHaveLength(20);
  });

  it("give a held source to nobody before its time", async () => {
    await aSource(database.db);
    const [first] = await claimSources(database.db, "a", 9);
    expect(await claimSources(database.db, "b", 9)).toEqual([]);
    await expire();
    const [second] = await claimSources(database.db, "b", 9);
    expect(second).toMatchObject({ owner: "b", epoch: (first?.epoch ?? 0) + 1 });
  });

  it("fence a holder that was replaced", async () => {
    await aSource(database.db);
    const [zombie] = await claimSources(database.db, "a", 9);
    if (!zombie) throw new Error("nothing to claim");
    await expire();
    await claimSources(database.db, "b", 9);
    expect(await renewLeases(database.db, [zombie])).toEqual([]);
    expect(await releaseSource(database.db, zombie)).toBe(false);
    await expect(writeMarks(database.db, zombie, { version: "9" })).rejects.toBeInstanceOf(Fenced);
    await expect(underLease(database.db, zombie, async () => "written")).rejects.toBeInstanceOf(Fenced);
  });

  it("fence a holder that lost its source and took it back", async () => {
    await aSource(database.db);
    const [early] = await claimSources(database.db, "a", 9);
    if (!early) throw new Error("nothing to claim");
    await expire();
    const [late] = await claimSources(database.db, "a", 9);
    if (!late) throw new Error("nothing to claim");
    await expect(underLease(database.db, early, async () => "written")).rejects.toBeInstanceOf(Fenced);
    await expect(writeMarks(database.db, early, { version: "9" })).rejects.toBeInstanceOf(Fenced);
    expect(await renewLeases(database.db, [early])).toEqual([]);
    expect(await underLease(database.db, late, async () => "written")).toBe("written");
  });

  it("cannot be taken over in the middle of a write", async () => {
    await aSource(database.db);
    const [lease] = await claimSources(database.db, "a", 9);
    if (!lease) throw new Error("nothing to claim");
    await expire();
    await underLease(database.db, lease, async () => {
      expect(await claimSources(database.db, "b", 9)).toEqual([]);
    });
    expect(await claimSources(database.db, "b", 9)).toHaveLength(1);
  });

  it("even out when a replica joins", async () => {
    for (let at = 0; at < 5; at += 1) await aSource(database.db, `s${at}`);
    await claimSources(database.db, "a", 9);
    const taken = [];
    for (let round = 0; round < 5; round += 1) taken.push(...(await takeFairShare(database.db, "b")));
    expect(taken).toHaveLength(2);
    expect(await takeFairShare(database.db, "a")).toEqual([]);
  });
});

describe("sources", () => {
  const declared = { name: "prod", adapter: "airflow", url: "http://x", config: { a: 1 }, handOff: "keyed" as const };

  it("are written once for the same words", async () => {
    const id = await declareSource(database.db, declared);
    const before = await sourceVersions(database.db);
    expect(await declareSource(database.db, declared)).toBe(id);
    expect(await sourceVersions(database.db)).toEqual(before);
  });

  it("get another version with each change", async () => {
    const id = await declareSource(database.db, declared);
    const before = (await sourceVersions(database.db)).get(id);
    await declareSource(database.db, { ...declared, config: { a: 2 } });
    expect((await sourceVersions(database.db)).get(id)).not.toBe(before);
    expect(await knownSources(database.db)).toMatchObject([{ id, config: { a: 2 } }]);
  });

  it("are gone when removed and back when declared", async () => {
    const id = await declareSource(database.db, declared);
    expect(await removeSource(database.db, "prod")).toBe(true);
    expect(await removeSource(database.db, "prod")).toBe(false);
    expect(await knownSources(database.db)).toEqual([]);
    expect(await claimSources(database.db, "a", 9)).toEqual([]);
    expect(await declareSource(database.db, declared)).toBe(id);
    expect(await claimSources(database.db, "a", 9)).toHaveLength(1);
  });
});
