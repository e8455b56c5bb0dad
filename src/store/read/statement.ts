/**
 * How every reading query is put together and asked.
 *
 * A statement's text depends on the shape of the question alone (which filters, which order), never on its values: so the
 * pool prepares each shape once and the planner may keep its plan. The database builds the whole answer as one JSON text,
 * which costs it and us less than a row of typed columns at a time.
 */
import { CompiledQuery } from "kysely";
import type { Db } from "../db.ts";

/** The values of one statement, in the order of their places. */
export class Values {
  readonly all: unknown[] = [];

  /** Takes a value and answers with its place, to be written into the text as often as needed. */
  bind(value: unknown, type: string): string {
    this.all.push(value);
    return `$${this.all.length}::${type}`;
  }
}

/** Asks for the one JSON text that `text` selects as `answer`. */
export async function ask<T>(db: Db, text: string, { all }: Values): Promise<T> {
  const { rows } = await db.executeQuery<{ answer: string }>(CompiledQuery.raw(text, all));
  return JSON.parse(rows[0]?.answer ?? "null") as T;
}

/** `a and b and c`, and true when there is nothing to hold. */
export function every(conditions: readonly string[]): string {
  return conditions.length === 0 ? "true" : conditions.join(" and ");
}

/** Rows as arrays: the columns' names would be repeated in every row, and are known to the one who reads them. */
export function rowsOf(columns: readonly string[], from: string, by: string): string {
  return `(select coalesce(json_agg(json_build_array(${columns.join(", ")}) order by ${by}), '[]') from ${from})`;
}
