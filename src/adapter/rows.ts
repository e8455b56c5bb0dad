/** Where a remote's answer becomes ours: a body of another shape is a fault, a row of another shape is only that row's. */
import type { z } from "zod";
import type { Page, RejectedRow } from "./contract.ts";
import type { HttpReply } from "./http/http.ts";
import { RemoteError } from "./remote-error.ts";

/** `what` ends the sentence "it answered 200, but not with …". */
export function readBody<T>(schema: z.ZodType<T>, reply: HttpReply, what: string): T {
  const result = schema.safeParse(reply.body);
  if (result.success) return result.data;
  throw new RemoteError(`it answered ${reply.status}, but not with ${what}: ${firstMistake(result.error)}`, {
    fault: "malformed",
    passing: false,
    status: reply.status,
  });
}

export interface RowReader<Row, Item> {
  readonly kind: RejectedRow["kind"];
  readonly schema: z.ZodType<Row>;
  /** The field in which a row names itself, for the person who looks for it. */
  readonly idField: string;
  translate(row: Row): Item;
}

/** A row that cannot be understood is set aside with its reason; the rest of the page is kept. */
export function readRows<Row, Item>(rows: readonly unknown[], readAt: Date, reader: RowReader<Row, Item>): Page<Item> {
  const items: Item[] = [];
  const rejected: RejectedRow[] = [];
  for (const sample of rows) {
    const row = reader.schema.safeParse(sample);
    if (row.success) items.push(reader.translate(row.data));
    else
      rejected.push({ kind: reader.kind, id: idOf(sample, reader.idField), reason: firstMistake(row.error), sample });
  }
  return { items, rejected, readAt };
}

function idOf(row: unknown, field: string): string | null {
  const id = typeof row === "object" && row !== null ? (row as Readonly<Record<string, unknown>>)[field] : null;
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}

function firstMistake(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return "no reason given";
  return issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message;
}
