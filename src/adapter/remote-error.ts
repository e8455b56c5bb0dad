/** Says who failed, what came back and what to do; carries the decision, so that retrying is written once. */
import type { Fault } from "../model/fault.ts";

export interface RemoteErrorDetails {
  readonly fault: Fault;
  /** Whether the same question is worth asking again, later and unchanged. */
  readonly passing: boolean;
  readonly status?: number;
  /** When the remote asked us to come back, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** The start of the answer, redacted and short, for the person who reads the error. */
  readonly excerpt?: string;
  /**
   * Whether the remote may have done what it was asked although we got no yes. Left out, only a clear no (refused,
   * missing, conflict) counts as one: a 500 is not a refusal.
   */
  readonly uncertain?: boolean;
  readonly cause?: unknown;
}

const CLEAR_NO: readonly Fault[] = ["refused", "missing", "conflict"];

export class RemoteError extends Error {
  readonly fault: Fault;
  readonly passing: boolean;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly excerpt: string | null;
  readonly uncertain: boolean;

  constructor(message: string, details: RemoteErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RemoteError";
    this.fault = details.fault;
    this.passing = details.passing;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.excerpt = details.excerpt ?? null;
    this.uncertain = details.uncertain ?? !CLEAR_NO.includes(details.fault);
  }
}

export function isFault(error: unknown, ...faults: readonly Fault[]): error is RemoteError {
  return error instanceof RemoteError && faults.includes(error.fault);
}

/** `.catch(onFault("conflict", …))`: answers for that fault alone and lets every other error pass. */
export function onFault<T>(fault: Fault, answer: (error: RemoteError) => T | Promise<T>) {
  return (error: unknown): T | Promise<T> => {
    if (isFault(error, fault)) return answer(error);
    throw error;
  };
}
