/** Every error a caller sees, mapped once: a code to act on, words to read, and where in the question it lies. */
import { GraphQLError } from "graphql";
import { InputError } from "../../lib/input-error.ts";
import { ActionError } from "../../engine/action-error.ts";
import { rowNodeId } from "./node-id.ts";
import { pathInQuestion } from "./question-path.ts";

export type ErrorCode =
  | "NOT_FOUND"
  | "NOT_ALLOWED"
  | "INVALID"
  | "CONFLICT"
  | "SOURCE_UNREACHABLE"
  | "UNCERTAIN"
  | "TOO_EXPENSIVE"
  | "INTERNAL";

/** An error whose words are meant for the caller. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly path: string | null;
  /** The id of the action that tells more. */
  readonly action: string | null;

  constructor(code: ErrorCode, message: string, path: string | null = null, action: string | null = null) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.path = path;
    this.action = action;
  }
}

/** Postgres' word for a statement that ran out of its time. */
const STATEMENT_TIMEOUT = "57014";

/** Answers the error as the caller may see it. `unexpected` is told what the caller is not. */
export function toPublicError(error: unknown, unexpected: (error: unknown) => void): GraphQLError {
  const located = error instanceof GraphQLError ? error : null;
  const cause = located ? (located.originalError ?? null) : error;
  // It has been here before. An error out of a compiled query has no extensions, whatever its type says.
  if (located && "code" in ((located.extensions as object | undefined) ?? {})) return located;
  // Found by graphql-js itself, in the text or the variables: its words are about the question alone.
  if (located && (cause === null || cause instanceof GraphQLError)) return recode(located, "INVALID", located.message);
  if (cause instanceof ApiError) return recode(located, cause.code, cause.message, cause.path, cause.action);
  if (cause instanceof ActionError) {
    const action = cause.action && rowNodeId("Action", cause.action);
    return recode(located, cause.code, cause.message, null, action);
  }
  if (cause instanceof InputError) return recode(located, "INVALID", cause.message, cause.path);
  if (isStatementTimeout(cause)) {
    return recode(located, "TOO_EXPENSIVE", "The database gave up on this question; ask for less at once.");
  }
  unexpected(cause);
  return recode(located, "INTERNAL", "Something failed on our side; the server's log has the details.");
}

function recode(
  located: GraphQLError | null,
  code: ErrorCode,
  message: string,
  told: string | null = null,
  action: string | null = null,
): GraphQLError {
  // Once executed, GraphQL's own `path` leads to the field; before that only we can tell.
  const path = told ?? (located && !located.path ? pathInQuestion(located) : null);
  const error = new GraphQLError(message, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
    extensions: { code, ...(path !== null && { path }), ...(action !== null && { action }) },
  });
  // A compiled query knows the place without the node, which the constructor has no way to be told.
  if (!error.locations && located?.locations) Object.assign(error, { locations: located.locations });
  return error;
}

function isStatementTimeout(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === STATEMENT_TIMEOUT;
}
