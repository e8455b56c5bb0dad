/** The tools that people told us to watch: declared by name, changed by declaring again, removed by name. */
import { sql } from "kysely";
import type { Capability } from "../model/capability.ts";
import type { HandOffClass } from "../model/hand-off.ts";
import type { Json } from "../model/json.ts";
import type { Db } from "./db.ts";

export interface SourceDeclaration {
  readonly name: string;
  readonly adapter: string;
  /** Where people would open the tool itself. */
  readonly url: string;
  /** The adapter's own; secrets in it are references. */
  readonly config: Json;
  readonly sync?: Json;
  readonly labels?: Readonly<Record<string, string>>;
  readonly handOff: HandOffClass;
}

export interface KnownSource extends Required<SourceDeclaration> {
  readonly id: number;
  /** What its adapter was seen to offer. */
  readonly capabilities: readonly Capability[];
  /** Another text after each change, so that two can be compared without loss. */
  readonly version: string;
}

/** Declared again as it was, nothing is written. A removed source comes back with all that is known of it. */
export async function declareSource(db: Db, source: SourceDeclaration): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with declared (name, adapter, url, config, sync, labels, hand_off) as (
      values (${source.name}::text, ${source.adapter}::text, ${source.url}::text, ${JSON.stringify(source.config)}::jsonb,
              ${JSON.stringify(source.sync ?? {})}::jsonb, ${JSON.stringify(source.labels ?? {})}::jsonb,
              ${source.handOff}::text)
    ), written as (
      insert into source as s (name, adapter, url, config, sync, labels, hand_off)
      select * from declared
      on conflict (name) do update
      set adapter = excluded.adapter, url = excluded.url, config = excluded.config, sync = excluded.sync, labels = excluded.labels,
          hand_off = excluded.hand_off, removed_at = null, changed_at = clock_timestamp()
      where s.removed_at is not null
         or (s.adapter, s.url, s.config, s.sync, s.labels, s.hand_off) is distinct from
            (excluded.adapter, excluded.url, excluded.config, excluded.sync, excluded.labels, excluded.hand_off)
      returning id
    ), begun as (
      insert into source_sync (source_id) select id from written on conflict do nothing
    )
    select id from written union all select s.id from source s join declared using (name) limit 1`.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`source "${source.name}" was removed while it was declared`);
  return row.id;
}

/** Stops the reading. What is known of the source stays, for its history is part of ours. */
export async function removeSource(db: Db, name: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("source")
    .set({ removed_at: sql<Date>`now()`, changed_at: sql<Date>`clock_timestamp()` })
    .where("name", "=", name)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function knownSources(db: Db): Promise<KnownSource[]> {
  const { rows } = await sql<KnownSource>`
    select id, name, adapter, url, config, sync, labels, hand_off as "handOff", capabilities, changed_at::text as version
    from source where removed_at is null order by name`.execute(db);
  return rows;
}

/** What a change of shows in a glance: the sources that exist, each with its version. */
export async function sourceVersions(db: Db): Promise<ReadonlyMap<number, string>> {
  const { rows } = await sql<{ id: number; version: string }>`
    select id, changed_at::text as version from source where removed_at is null`.execute(db);
  return new Map(rows.map((row) => [row.id, row.version]));
}

/** Null when it has been removed. */
export async function knownSource(db: Db, id: number): Promise<KnownSource | null> {
  return (await knownSources(db)).find((source) => source.id === id) ?? null;
}

/** What the adapter offers is read off the adapter, not declared; so it is no change of the declaration. */
export async function noteCapabilities(db: Db, id: number, capabilities: readonly Capability[]): Promise<void> {
  await sql`
    update source set capabilities = ${[...capabilities]}::text[]
    where id = ${id} and capabilities is distinct from ${[...capabilities]}::text[]`.execute(db);
}
