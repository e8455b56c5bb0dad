/**
 * Views made of columns, field by field, and only those fields that a reader wants: to write out all fifty columns of a
 * run, its job and its source takes the database longer than to find them.
 */
import type { JobView, RunView, SourceView } from "../../model/view.ts";
import { toIso, utc } from "./moment.ts";

/** Which fields of a page are wanted; absent means all of them. What is not wanted is not in the view. */
export interface Wanted {
  readonly run?: readonly (keyof RunView)[];
  readonly job?: readonly (keyof JobView)[];
  readonly source?: readonly (keyof SourceView)[];
}

export interface Field {
  readonly columns: readonly string[];
  /** Makes the field of a row in which its columns begin at `at`. */
  readonly read: (row: readonly unknown[], at: number) => unknown;
}

export type Fields<View> = { readonly [Name in keyof View]-?: Field };

export function column(name: string): Field {
  return { columns: [name], read: (row, at) => row[at] };
}

export function moment(name: string): Field {
  return { columns: [utc(name)], read: (row, at) => toIso(row[at] as string | null) };
}

/** A view's columns, in the order in which they are selected, and the way back. */
export interface Reading<View> {
  readonly columns: readonly string[];
  readonly view: (row: readonly unknown[]) => View;
}

export interface ReadingOptions<View> {
  /** All of them unless told. */
  readonly wanted?: readonly string[] | undefined;
  /** Those by which rows find each other, and by which the next page begins. */
  readonly always?: readonly (keyof View & string)[];
  /** Where its columns begin in the row. */
  readonly from?: number;
}

export function reading<View>(
  fields: Fields<View>,
  { wanted, always = [], from = 0 }: ReadingOptions<View> = {},
): Reading<View> {
  const all = fields as Readonly<Record<string, Field>>;
  const names = wanted ? [...new Set([...always, ...wanted])] : Object.keys(all);
  const columns: string[] = [];
  const parts = names.flatMap((name) => {
    const field = all[name];
    return field ? [{ name, read: field.read, at: from + columns.push(...field.columns) - field.columns.length }] : [];
  });
  return {
    columns,
    view(row) {
      const view: Record<string, unknown> = {};
      for (const { name, read, at } of parts) view[name] = read(row, at);
      return view as View;
    },
  };
}

/** The view of `parent` with another inside. */
export function withChild<Parent, Child>(
  parent: Reading<Parent>,
  name: string,
  child: Reading<Child>,
): Reading<Parent> {
  return {
    columns: [...parent.columns, ...child.columns],
    view(row) {
      const view = parent.view(row);
      (view as Record<string, unknown>)[name] = child.view(row);
      return view;
    },
  };
}
