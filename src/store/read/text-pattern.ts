/** What a person types into a search box, as the database can look it up. */

/** Fewer characters make no trigram: those are looked for at the beginning of names only. */
const TRIGRAM = 3;
const LAST_CHARACTER = "\u{10ffff}";

/** As a pattern of LIKE, for a text that is kept in lower case. */
export function somewhere(text: string): string {
  const sought = text.toLowerCase().replace(/[\\%_]/g, "\\$&");
  return [...text].length < TRIGRAM ? `${sought}%` : `%${sought}%`;
}

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** As a range of texts compared byte by byte: unlike a pattern, it is a range whatever the planner knows of the value. */
export function beginning(text: string): Range {
  return { from: text, to: text + LAST_CHARACTER };
}
