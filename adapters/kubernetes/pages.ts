/** Objects of the cluster into pages of ours; what cannot be read is set aside under its own name. */
import type { Page, RejectedRow } from "../../src/adapter/contract.ts";
import { readRows } from "../../src/adapter/rows.ts";
import type { ForeignRun } from "../../src/model/foreign.ts";
import type { z } from "zod";
import { type JobRow, jobRow } from "./rows.ts";
import { type LastWords } from "./pods.ts";
import { type Reading, toRun } from "./translate.ts";

interface Rows {
  readonly rows: readonly unknown[];
  readonly readAt: Date;
}

export function readObjects<T>({ rows, readAt }: Rows, schema: z.ZodType<T>, kind: RejectedRow["kind"]): Page<T> {
  const page = readRows(rows, readAt, { kind, schema, idField: "name", translate: (row) => row });
  return { ...page, rejected: page.rejected.map((row) => ({ ...row, id: nameOf(row.sample) })) };
}

function nameOf(sample: unknown): string | null {
  const { metadata } = (sample ?? {}) as { readonly metadata?: { readonly name?: unknown } };
  return typeof metadata?.name === "string" ? metadata.name : null;
}

export function jobObjects(rows: Rows): Page<JobRow> {
  return readObjects(rows, jobRow, "run");
}

export function runPage(
  page: Page<JobRow>,
  reading: Reading,
  words: ReadonlyMap<string, readonly LastWords[]>,
): Page<ForeignRun> {
  return { ...page, items: page.items.map((job) => toRun(job, reading, words.get(job.metadata.uid))) };
}
