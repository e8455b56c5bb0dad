/** Keys that stay in order while they come and go: to sort ten thousand again for each of them would take minutes. */

export interface SortedKeys {
  add(key: string): void;
  remove(key: string): void;
  all(): readonly string[];
}

export function sortedKeys(): SortedKeys {
  const keys: string[] = [];

  /** Where it stands, or would stand. */
  function placeOf(key: string): number {
    let [from, to] = [0, keys.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((keys[middle] ?? "") < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  return {
    add(key) {
      const at = placeOf(key);
      if (keys[at] !== key) keys.splice(at, 0, key);
    },
    remove(key) {
      const at = placeOf(key);
      if (keys[at] === key) keys.splice(at, 1);
    },
    all: () => keys,
  };
}
