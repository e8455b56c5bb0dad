/** "Did you mean …?", for every name a person can mistype. */
import { closest, distance } from "fastest-levenshtein";

/** The known word that is near enough to be a slip of the fingers, or null. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const lower = known.map((each) => each.toLowerCase());
  const found = known[lower.indexOf(closest(word.toLowerCase(), lower))] ?? "";
  const slips = distance(word.toLowerCase(), found.toLowerCase());
  // A third of the word may be wrong, or its letters out of order; more than that and we would be guessing.
  const few = slips <= Math.max(1, Math.floor(Math.max(word.length, found.length) / 3));
  return few || sorted(word) === sorted(found) ? found : null;
}

function sorted(word: string): string {
  return [...word.toLowerCase()].toSorted().join("");
}

/** The end of a message about an unknown word: `did you mean "x"?`, or the words there are. */
export function suggestion(word: string, known: readonly string[]): string {
  const found = nearest(word, known);
  if (found !== null) return `did you mean "${found}"?`;
  return known.length === 0 ? "nothing may stand here" : `expected one of ${known.join(", ")}`;
}
