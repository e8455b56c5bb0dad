/** An abort is somebody's decision, never a fault of the remote: it keeps its own name all the way up. */

/** What to throw for an aborted signal: always an `AbortError`, whatever reason its owner gave. */
export function abortOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (isAbort(reason)) return reason;
  return Object.assign(new DOMException("The request was aborted", "AbortError"), { cause: reason });
}

export function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === "AbortError";
}
