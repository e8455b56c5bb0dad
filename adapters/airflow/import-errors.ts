/** Files Airflow cannot import, with the line that says why. Their DAGs keep the last good row and go stale. */
import { onFault } from "../../src/adapter/remote-error.ts";
import { forbidden, listImportErrors } from "./client.ts";
import { importErrorRow } from "./rows.ts";
import type { Talk } from "./session.ts";

/** A broken deployment breaks every file at once; a thousand of them say no more than the first hundreds. */
const MOST_FILES = 1_000;
const LINE_LENGTH = 300;

/** By file. Empty for whoever may not see them: DAGs are then listed without their reasons, and the probe says why. */
export function collectImportErrors(talk: Talk): Promise<ReadonlyMap<string, string>> {
  return readImportErrors(talk).catch(onFault("refused", (error) => forbidden(error, new Map())));
}

async function readImportErrors(talk: Talk): Promise<ReadonlyMap<string, string>> {
  const errors = new Map<string, string>();
  for await (const { rows } of listImportErrors(talk)) {
    for (const row of rows) {
      const parsed = importErrorRow.safeParse(row);
      if (parsed.success) errors.set(parsed.data.filename, lastLine(parsed.data.stack_trace ?? ""));
    }
    if (errors.size >= MOST_FILES) break;
  }
  return errors;
}

/** A Python traceback says what went wrong at its end. */
function lastLine(stackTrace: string): string {
  return (stackTrace.trimEnd().split("\n").at(-1) ?? "").trim().slice(0, LINE_LENGTH);
}
