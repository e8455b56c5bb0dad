/**
 * Two replicas may believe that they read the same source; the epoch of its lease tells which one is wrong. So whatever
 * writes `source_sync`, the row that holds the lease, names the epoch it expects. An update that does not is the bug of
 * this kind of product: state read, then written with only its id. An intent is held the same way, and whatever changes
 * it names the state it expects as well.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf } from "../../support/house.ts";

const root = join(import.meta.dirname, "../../..");

/** What each row that is held under a lease must be guarded by. */
const GUARDS = { source_sync: ["epoch"], intent: ["epoch", "state"] } as const;
type Held = keyof typeof GUARDS;

/** One statement of Kysely, or one of SQL: from its first word to the end of the query it stands in. */
function writesOf(table: Held): RegExp {
  return new RegExp(
    `(?:updateTable|deleteFrom)\\(\\s*"${table}[ "][\\s\\S]*?\\.execute|\\b(?:update|delete from)\\s+${table}\\b[^\`]*`,
    "g",
  );
}

function unguarded(text: string, table: Held): string[] {
  const code = text.replaceAll(/^\s*(\/\/|\/?\*|--).*$/gm, "");
  return [...code.matchAll(writesOf(table))]
    .map(([write]) => write)
    .filter((write) => GUARDS[table].some((guard) => !new RegExp(`\\b${guard}\\b`).test(afterWhere(write))));
}

/** A guard stands in the condition, not among what is set. */
function afterWhere(write: string): string {
  return write.slice(Math.max(0, write.search(/\bwhere\b/i)));
}

describe.each(Object.keys(GUARDS) as Held[])("a write to %s", (table) => {
  it("names what it expects, everywhere in the store", () => {
    const files = filesOf("src/store").filter((file) => !file.startsWith("src/store/migrations/"));
    const found = files.flatMap((file) =>
      unguarded(readFileSync(join(root, file), "utf8"), table).map((write) => `${file}: ${write}`),
    );
    expect(found).toEqual([]);
  });

  it("is found in Kysely and in SQL", () => {
    const bare = `
      await db.updateTable("${table}").set({ owner, epoch, state }).where("id", "=", id).execute();
      await sql\`update ${table} y set owner = \${owner}, epoch = 2, state = 'x' where id = 1\`.execute(db); // epoch`;
    expect(unguarded(bare, table)).toHaveLength(2);
    const guarded = `
      await db.updateTable("${table}").set({ owner }).where("epoch", "=", lease.epoch).where("state", "=", was).execute();
      await sql\`update ${table} y set owner = null where y.epoch = \${epoch} and state = 'x'\`.execute(db);`;
    expect(unguarded(guarded, table)).toEqual([]);
  });
});
