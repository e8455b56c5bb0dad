/**
 * Two replicas may believe that they read the same source; the epoch of its lease tells which one is wrong. So whatever
 * writes `source_sync`, the row that holds the lease, names the epoch it expects. An update that does not is the bug of
 * this kind of product: state read, then written with only its id.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf } from "../../support/house.ts";

const root = join(import.meta.dirname, "../../..");

/** One statement of Kysely, or one of SQL: from its first word to the end of the query it stands in. */
const WRITES =
  /(?:updateTable|deleteFrom)\(\s*"source_sync[\s\S]*?\.execute|\b(?:update|delete from)\s+source_sync\b[^`]*/g;

function unguarded(text: string): string[] {
  const code = text.replaceAll(/^\s*(\/\/|\/?\*|--).*$/gm, "");
  return [...code.matchAll(WRITES)].map(([write]) => write).filter((write) => !/\bepoch\b/.test(write));
}

describe("a write to source_sync", () => {
  it("names the epoch it expects, everywhere in the store", () => {
    const files = filesOf("src/store").filter((file) => !file.startsWith("src/store/migrations/"));
    const found = files.flatMap((file) =>
      unguarded(readFileSync(join(root, file), "utf8")).map((write) => `${file}: ${write}`),
    );
    expect(found).toEqual([]);
  });

  it("is found in Kysely and in SQL", () => {
    const bare = `
      await db.updateTable("source_sync").set({ owner }).where("source_id", "=", id).execute();
      await sql\`update source_sync y set owner = \${owner} where source_id = 1\`.execute(db); // epoch`;
    expect(unguarded(bare)).toHaveLength(2);
    const guarded = `
      await db.updateTable("source_sync").set({ owner }).where("epoch", "=", lease.epoch).execute();
      await sql\`update source_sync y set owner = null where y.epoch = \${epoch}\`.execute(db);`;
    expect(unguarded(guarded)).toEqual([]);
  });
});
