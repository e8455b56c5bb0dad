/** Why something asked for did not happen, or is not known to have happened; and which action tells more. */
import type { RemoteError } from "../adapter/remote-error.ts";
import type { IntentFault } from "../model/intent.ts";
import type { RowKey } from "../store/read/row-key.ts";

export type ActionCode =
  | "NOT_FOUND"
  | "NOT_ALLOWED"
  | "INVALID"
  | "CONFLICT"
  | "SOURCE_UNREACHABLE"
  | "UNCERTAIN"
  | "TOO_EXPENSIVE";

export class ActionError extends Error {
  readonly code: ActionCode;
  /** What was written down of the wish; null where nothing was. */
  readonly action: RowKey | null;

  constructor(code: ActionCode, message: string, action: RowKey | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = "ActionError";
    this.code = code;
    this.action = action;
  }
}

const CODE_OF: Readonly<Record<IntentFault, ActionCode>> = {
  unreachable: "SOURCE_UNREACHABLE",
  busy: "SOURCE_UNREACHABLE",
  refused: "NOT_ALLOWED",
  missing: "NOT_FOUND",
  conflict: "CONFLICT",
  malformed: "INVALID",
  ours: "UNCERTAIN",
};

export function codeOfFault(fault: IntentFault | null): ActionCode {
  return fault === null ? "UNCERTAIN" : CODE_OF[fault];
}

/** Of an answer to a question: what cannot be read is as good as none. */
export function readingError(error: RemoteError, words: string): ActionError {
  const code = error.fault === "malformed" ? "SOURCE_UNREACHABLE" : codeOfFault(error.fault);
  return new ActionError(code, words, null, { cause: error });
}
