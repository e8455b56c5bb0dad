/**
 * Where a page begins, as callers carry it. Opaque to them; to us it names the list and the order it belongs to, so that a
 * cursor of one list is refused by another instead of answering nonsense.
 */
import { InputError } from "../../lib/input-error.ts";
import type { JobOrder, Keyset, RunOrder } from "../../model/view.ts";

export type CursorList = `runs/${RunOrder}` | `jobs/${JobOrder}` | "gates/opened-desc" | "actions/newest";

const MAX_LENGTH = 2_000;

export function printCursor(list: CursorList, { at, id }: Keyset): string {
  return Buffer.from(JSON.stringify([list, at, id]), "utf8").toString("base64url");
}

export function parseCursor(list: CursorList, cursor: string, path = "after"): Keyset {
  const keyset = cursor.length <= MAX_LENGTH ? read(list, cursor) : null;
  if (keyset === null) {
    throw new InputError(
      path,
      "This cursor belongs to no page of this list in this order; take it from pageInfo.endCursor",
    );
  }
  return keyset;
}

function read(list: CursorList, cursor: string): Keyset | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [name, at, id] = parts as unknown[];
  if (name !== list || typeof at !== "string" || !Number.isSafeInteger(id)) return null;
  if (isOrderedByTime(list) && !isMoment(at)) return null;
  // Postgres stores no NUL, and says so in words of its own.
  if (at.includes("\0")) return null;
  const keyset = { at, id: id as number };
  return printCursor(list, keyset) === cursor ? keyset : null;
}

function isOrderedByTime(list: CursorList): boolean {
  return /^(runs|gates|actions)\//.test(list) || list === "jobs/next-asc";
}

function isMoment(text: string): boolean {
  return (
    /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
  );
}
