/**
 * Reads a list by offset to its end, while the list moves under us.
 *
 * Airflow pages by offset and caps pages as it likes, so we go on by the rows received. Rows that join only shift
 * others to the right, where we see them twice. Rows that leave shift others to the left, behind our back, so:
 *
 *   a list whose rows may leave   each page begins with the last row of the one before; when nothing on it is known,
 *                                 something slipped past, and we step back until we stand on known ground
 *   every list                    when the total shrinks between two pages, we step back by as much
 *
 * A list that ends before its total, repeats itself or never settles is an error: a cut list is never an answer.
 */
import { RemoteError } from "../../src/adapter/remote-error.ts";

export interface Chunk {
  readonly rows: readonly unknown[];
  /** Null where the server does not count. */
  readonly total: number | null;
  readonly readAt: Date;
}

export interface ListOptions {
  /** What the list holds, for the message when it cannot be read. */
  readonly of: string;
  readonly limit: number;
  readonly rowsMayLeave: boolean;
  readonly fetch: (window: { readonly offset: number; readonly limit: number }) => Promise<Chunk>;
  /** A row's identity in the list, or null where it has none. */
  readonly identify: (row: unknown) => string | null;
}

/** How many pages of one pass may tell us nothing new before we call the list unreadable. */
const MAX_LOST_FOOTING = 50;

/** Enough to find our footing again, without holding a million names. */
const REMEMBERED = 5_000;

export async function* readList(options: ListOptions): AsyncGenerator<Chunk> {
  const overlap = options.rowsMayLeave ? 1 : 0;
  const seen = rememberKeys(options);
  let [offset, total, lostFooting] = [0, null as number | null, 0];

  for (;;) {
    const chunk = await options.fetch({ offset, limit: options.limit });
    const back = stepBack(chunk, { offset, total, known: seen.knowsAny(chunk), options });
    const fresh = back > 0 ? [] : chunk.rows.filter((row) => seen.add(row));
    const reached = offset + chunk.rows.length;
    // The first page is an answer even when it is empty: its moment is where the next pass begins.
    if (fresh.length > 0 || offset === 0) yield { ...chunk, rows: fresh };
    if (back === 0 && isLast(chunk, reached, overlap)) return;
    if (back === 0 && chunk.rows.length <= overlap) throw unreadable(options, `it ended at row ${reached}`);
    if (fresh.length === 0 && ++lostFooting > MAX_LOST_FOOTING) throw unreadable(options, "it never settled");

    total = chunk.total;
    offset = back > 0 ? Math.max(0, offset - back) : reached - overlap;
  }
}

function isLast({ rows, total }: Chunk, reached: number, overlap: number): boolean {
  return total === null ? rows.length <= overlap : reached >= total;
}

interface Position {
  readonly offset: number;
  /** As the page before told it. */
  readonly total: number | null;
  /** Whether a row of the page was read before. */
  readonly known: boolean;
  readonly options: ListOptions;
}

/** By how many rows to go back, because some may have slipped past us; 0 when none can have. */
function stepBack(chunk: Chunk, { offset, total, known, options }: Position): number {
  if (offset === 0) return 0;
  if (options.rowsMayLeave) return known ? 0 : options.limit;
  return total !== null && chunk.total !== null ? Math.max(0, total - chunk.total) : 0;
}

function rememberKeys({ identify }: ListOptions) {
  const keys = new Set<string>();
  const keyOf = (row: unknown) => identify(row) ?? JSON.stringify(row);
  return {
    knowsAny: ({ rows }: Chunk) => rows.some((row) => keys.has(keyOf(row))),
    /** Whether the row is new. */
    add(row: unknown): boolean {
      const key = keyOf(row);
      if (keys.has(key)) return false;
      keys.add(key);
      if (keys.size > REMEMBERED) forgetOldest(keys);
      return true;
    },
  };
}

/** A set keeps the order of arrival. */
function forgetOldest(keys: Set<string>): void {
  for (const oldest of keys) {
    keys.delete(oldest);
    return;
  }
}

function unreadable({ of }: ListOptions, why: string): RemoteError {
  return new RemoteError(`Airflow's list of ${of} could not be read to its end: ${why}`, {
    fault: "malformed",
    passing: true,
  });
}
