/**
 * What a kind of document is: one file each, and one entry in the list that `readDocuments` is given. A kind checks
 * one document whole; what two documents say together is checked by `readDocuments`.
 */
import { z } from "zod";
import type { Complaint } from "./complaint.ts";

export const API_VERSION = "tutti.dev/v1";

export interface TuttiDocument {
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Kind<Document extends TuttiDocument = TuttiDocument> {
  readonly kind: Document["kind"];
  /** Every mistake at once, or the document. */
  read(value: unknown): Reading<Document>;
  /** For editors, and published under `/schemas`. */
  jsonSchema(): Readonly<Record<string, unknown>>;
}

export interface Reading<Document> {
  /** Null as soon as there is one complaint. */
  readonly document: Document | null;
  readonly complaints: readonly Complaint[];
}

const LABEL = /^[A-Za-z0-9]([\w./-]{0,61}[A-Za-z0-9])?$/;

/** The same for every kind. Names become part of references and metrics, so they are short and plain. */
export const metadata = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'a name holds a-z, 0-9 and "-", up to 63 of them, and no "-" at its ends',
    )
    .describe("Unique among documents of its kind."),
  labels: z
    .record(
      z.string().regex(LABEL, 'a label\'s key holds letters, digits, ".", "_", "/" and "-", up to 63 of them'),
      z.string().max(255),
    )
    .default({})
    .describe("For finding and grouping: team, environment, region."),
});
