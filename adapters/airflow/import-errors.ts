/** Files Airflow cannot import, with the line that says why. Their DAGs keep the last good row and go stale. */
import { onFault } from "../../src/adapter/remote-error.ts";
import { forbidden, getList } from "./client.ts";
import { type AirflowDag, type AirflowImportError, importErrorRow } from "./rows.ts";
import type { Talk } from "./session.ts";

/** A broken deployment breaks every file at once; a thousand of them say no more than the first hundreds. */
const MOST_FILES = 1_000;
const LINE_LENGTH = 300;
const ROWS_PER_PAGE = 50;

export interface ImportErrors {
  readonly files: readonly string[];
  /** Why the file of this DAG cannot be imported; null when it can. */
  of(dag: AirflowDag): string | null;
}

const NONE: ImportErrors = { files: [], of: () => null };

/** None for whoever may not see them: DAGs are then listed without their reasons, and the probe says why. */
export function collectImportErrors(talk: Talk): Promise<ImportErrors> {
  return readImportErrors(talk).catch(onFault("refused", (error) => forbidden(error, NONE)));
}

async function readImportErrors(talk: Talk): Promise<ImportErrors> {
  const lines = new Map<string, string>();
  const files = new Set<string>();
  for await (const rows of pagesOf(talk)) {
    for (const row of rows) {
      const parsed = importErrorRow.safeParse(row);
      if (!parsed.success) continue;
      lines.set(keyOf(parsed.data), lastLine(parsed.data.stack_trace ?? ""));
      files.add(parsed.data.filename);
    }
    if (lines.size >= MOST_FILES) break;
  }
  return {
    files: [...files],
    of: (dag) => namesOf(dag).flatMap((name) => lines.get(name) ?? [])[0] ?? null,
  };
}

/**
 * 3.x joins each file with its DAGs, pages through the pairs and counts them, and then answers with the files alone: a
 * page may hold one row of the hundred that are counted. So we go on by what we asked for, not by what came.
 */
async function* pagesOf(talk: Talk): AsyncGenerator<readonly unknown[]> {
  const path = `${talk.dialect.base}/importErrors`;
  for (let offset = 0; ; offset += ROWS_PER_PAGE) {
    const { rows, total } = await getList(talk, "import_errors", path, { offset, limit: ROWS_PER_PAGE });
    yield rows;
    if (rows.length === 0 || (total !== null && offset + ROWS_PER_PAGE >= total)) return;
  }
}

/** 2.x names a file by its whole path, 3.x by its path in a bundle. */
function keyOf({ bundle_name, filename }: Pick<AirflowImportError, "bundle_name" | "filename">): string {
  return bundle_name ? `${bundle_name}\n${filename}` : filename;
}

function namesOf({ fileloc, relative_fileloc, bundle_name }: AirflowDag): string[] {
  return [relative_fileloc, fileloc].flatMap((filename) =>
    filename ? [keyOf({ bundle_name, filename }), filename] : [],
  );
}

/** A Python traceback says what went wrong at its end. */
function lastLine(stackTrace: string): string {
  return (stackTrace.trimEnd().split("\n").at(-1) ?? "").trim().slice(0, LINE_LENGTH);
}
