/** What `tutti validate` asks: are these documents right? */
import { checkDocuments } from "../documents/read.ts";
import { printMistake } from "../documents/mistake.ts";
import { readFiles } from "./document-files.ts";
import { kinds } from "./kinds.ts";

export interface Validation {
  readonly documents: readonly { readonly kind: string; readonly name: string }[];
  /** Each one line, `file:line:column path: message`. */
  readonly mistakes: readonly string[];
}

export async function validate(paths: readonly string[]): Promise<Validation> {
  const files = (await Promise.all(paths.map((path) => readFiles(path, "file")))).flat();
  const { documents, mistakes } = checkDocuments(files, kinds);
  return {
    documents: documents.map(({ kind, metadata }) => ({ kind, name: metadata.name })),
    mistakes: mistakes.map(printMistake),
  };
}
