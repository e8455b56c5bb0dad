/**
 * `airflow-prod/load_ledger`: a source and a job as people say them.
 *
 * The job's part is its id as the tool knows it, slashes, blanks and Unicode included. Only what cannot be seen or
 * typed is escaped (`%0A`), and a `%` only where it would otherwise read as an escape, so `100%` stays `100%`.
 */
import { InputError } from "../lib/input-error.ts";

export interface JobReference {
  readonly source: string;
  readonly jobId: string;
}

export const SOURCE_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

// C0, DEL, C1, line and paragraph separators, bidirectional controls, and the byte order mark.
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const ESCAPE = /(?:%[0-9A-Fa-f]{2})+/g;

export function printReference({ source, jobId }: JobReference): string {
  return `${source}/${escapeJobId(jobId)}`;
}

export function parseReference(text: string): JobReference {
  const slash = text.indexOf("/");
  if (slash < 0) throw new InputError("ref", `"${text}" names no job; write it as source/job`);
  const source = text.slice(0, slash);
  if (!SOURCE_NAME.test(source)) {
    throw new InputError("ref", `"${source}" is no source name; one holds a-z, 0-9 and "-", up to 63 of them`);
  }
  const jobId = unescapeJobId(text.slice(slash + 1));
  if (jobId === "") throw new InputError("ref", `"${text}" names no job; write it as source/job`);
  return { source, jobId };
}

function escapeJobId(jobId: string): string {
  const characters = [...jobId];
  return characters.map((character, at) => (mustEscape(characters, at) ? percent(character) : character)).join("");
}

function mustEscape(characters: readonly string[], at: number): boolean {
  const character = characters[at] ?? "";
  if (character === "%") return /^[0-9A-Fa-f]{2}$/.test(`${characters[at + 1] ?? ""}${characters[at + 2] ?? ""}`);
  // A blank at either end would be lost in a shell, a mail or a table.
  if (/\s/u.test(character) && (at === 0 || at === characters.length - 1)) return true;
  return UNSEEN.test(character);
}

function percent(character: string): string {
  return [...Buffer.from(character, "utf8")]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

function unescapeJobId(text: string): string {
  return text.replace(ESCAPE, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      throw new InputError("ref", `"${escapes}" is no UTF-8; a "%" before two hex digits is written "%25"`);
    }
  });
}
