/** Rows in the order of one of their times, so that a poll touches what changed and not all there is. */

export interface TimeIndex<Row> {
  /** Files the row under its present time. Cheap when time moves on, as it mostly does. */
  put(row: Row): void;
  remove(row: Row): void;
  /** Both ends belong to it. */
  between(from: number, to: number): Row[];
}

interface Entry<Row> {
  readonly at: number;
  readonly row: Row;
}

/** Left behind by rows that moved on, and swept out when they are the majority. */
const FEW_LEFTOVERS = 1_000;

export function timeIndex<Row extends object>(timeOf: (row: Row) => number | null): TimeIndex<Row> {
  const current = new Map<Row, Entry<Row>>();
  let entries: Entry<Row>[] = [];

  /** The first place whose time is not before `at`. */
  function placeOf(at: number): number {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((entries[middle]?.at ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function sweep(): void {
    if (entries.length < 2 * current.size + FEW_LEFTOVERS) return;
    entries = entries.filter((entry) => current.get(entry.row) === entry);
  }

  return {
    put(row) {
      const at = timeOf(row);
      if (at === current.get(row)?.at) return;
      current.delete(row);
      if (at === null) return;
      const entry = { at, row };
      current.set(row, entry);
      if (at >= (entries.at(-1)?.at ?? -Infinity)) entries.push(entry);
      else entries.splice(placeOf(at), 0, entry);
      sweep();
    },

    remove: (row) => void current.delete(row),

    between(from, to) {
      const rows: Row[] = [];
      for (let at = placeOf(from); at < entries.length; at++) {
        const entry = entries[at];
        if (!entry || entry.at > to) break;
        if (current.get(entry.row) === entry) rows.push(entry.row);
      }
      return rows;
    },
  };
}
