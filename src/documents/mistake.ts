/** What is wrong in a document, and where a person's cursor should go. */
import { InputError } from "../lib/input-error.ts";

export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `spec.sync.lookBack`; empty where the whole document is meant. */
  readonly path: string;
  readonly message: string;
}

export function printMistake({ file, line, column, path, message }: Mistake): string {
  return `${file}:${line}:${column} ${path === "" ? "" : `${path}: `}${message}`;
}

/** All that was found in one pass, so that nobody has to run it ten times. */
export class InvalidDocuments extends InputError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes[0]?.path ?? "", mistakes.map(printMistake).join("\n"));
    this.name = "InvalidDocuments";
    this.mistakes = mistakes;
  }
}

/** Keys that would not read as a path, such as `a.b` or one with a blank, are quoted. */
export function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => {
      if (typeof key === "number") return `[${key}]`;
      const word = String(key);
      if (!/^[\w-]+$/.test(word)) return `[${JSON.stringify(word)}]`;
      return at === 0 ? word : `.${word}`;
    })
    .join("");
}
