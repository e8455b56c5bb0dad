/** Sources: few, so they are read whole. */
import type { SourceView } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { reading } from "./fields.ts";
import { SOURCE_FIELDS } from "./source-fields.ts";
import { ask, rowsOf, Values } from "./statement.ts";

/** By name, without those that were removed. */
export function allSources(db: Db): Promise<SourceView[]> {
  return select(db, "where source.removed_at is null", new Values());
}

export function sourcesByIds(db: Db, ids: readonly number[]): Promise<SourceView[]> {
  const values = new Values();
  return select(db, `where source.id = any(${values.bind(ids, "integer[]")})`, values);
}

export async function sourceByName(db: Db, name: string): Promise<SourceView | null> {
  const values = new Values();
  const found = await select(
    db,
    `where source.removed_at is null and source.name = ${values.bind(name, "text")}`,
    values,
  );
  return found[0] ?? null;
}

const whole = reading(SOURCE_FIELDS);

/** One that was just declared has no sync yet. */
async function select(db: Db, where: string, values: Values): Promise<SourceView[]> {
  const all = `(select * from source ${where}) source left join source_sync sync on sync.source_id = source.id`;
  const rows = await ask<unknown[][]>(
    db,
    `select ${rowsOf(whole.columns, all, "source.name")}::text as answer`,
    values,
  );
  return rows.map(whole.view);
}
