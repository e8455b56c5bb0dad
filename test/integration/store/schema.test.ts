/** The schema as it is reviewed (schema.sql) and as the queries see it (tables.ts) is the one that the migrations make. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpSchema } from "../../../src/store/schema-dump.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

const store = join(import.meta.dirname, "../../../src/store");

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

describe("the schema dump", () => {
  it("is the committed one", async () => {
    expect(await dumpSchema(database.db)).toBe(readFileSync(join(store, "schema.sql"), "utf8"));
  });

  it("leaves nothing out", async () => {
    const { rows } = await sql`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind not in ('r', 'p', 'i', 'I', 'S')
      union all select proname from pg_proc p where pronamespace = 'public'::regnamespace
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      union all select tgname from pg_trigger where not tgisinternal
      union all select typname from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
      union all select polname from pg_policy`.execute(database.db);
    // Views, functions, triggers, enums: the day one is wanted, the dump has to learn it first.
    expect(rows).toEqual([]);
  });
});

describe("every constraint", () => {
  it("has a name that somebody chose", async () => {
    const { rows } = await sql`
      select conname as name from pg_constraint
      where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid::regclass::text not like 'schema\\_migration%'
        and conname ~ '_(pkey|fkey|check|excl)[0-9]*$|_[a-z]+_key$' and conname <> conrelid::regclass::text || '_key'`.execute(
      database.db,
    );
    expect(rows).toEqual([]);
  });
});

interface Column {
  readonly table: string;
  readonly column: string;
  readonly nullable: boolean;
}

/** `Tables` is gone at run time, so its text is read: one interface a table, one line a column. */
function columnsOfTheTypes(): Column[] {
  const text = readFileSync(join(store, "tables.ts"), "utf8");
  const listed = /export interface Tables \{([^}]*)\}/.exec(text)?.[1] ?? "";
  return [...listed.matchAll(/(\w+): (\w+);/g)].flatMap(([, table = "", type = ""]) => {
    const body = new RegExp(`export interface ${type} \\{([^}]*)\\}`).exec(text)?.[1] ?? "";
    return [...body.matchAll(/^ {2}(\w+): (.*);$/gm)].map(([, column = "", type = ""]) => ({
      table,
      column,
      nullable: type === "MaybeMoment" || type.endsWith("| null"),
    }));
  });
}

describe("tables.ts", () => {
  it("has every column, null where the database has it", async () => {
    const { rows } = await sql<Column>`
      select table_name as "table", column_name as "column", is_nullable = 'YES' as nullable
      from information_schema.columns
      where table_schema = 'public' and table_name not like 'schema\\_migration%'`.execute(database.db);
    const sorted = (columns: readonly Column[]) =>
      columns.map(({ table, column, nullable }) => `${table}.${column} ${nullable ? "null" : "not null"}`).sort();
    expect(rows.length).toBeGreaterThan(80);
    expect(sorted(columnsOfTheTypes())).toEqual(sorted(rows));
  });
});
