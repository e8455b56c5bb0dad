/** Asking a tool without trusting it: an absolute deadline, and every failure a `RemoteError`. */
import { isAbort } from "../adapter/abort.ts";
import { RemoteError } from "../adapter/remote-error.ts";
import { printDuration } from "../lib/duration.ts";

export async function askWithin<T>(
  ms: number,
  stopping: AbortSignal,
  question: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leave = new AbortController();
  const signal = AbortSignal.any([stopping, leave.signal]);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(silent(ms)), ms);
    stopping.addEventListener("abort", () => reject(interrupted()), { once: true, signal: leave.signal });
  });
  try {
    // Inside `then`, so that what throws before its first promise is caught as well.
    return await Promise.race([Promise.resolve().then(() => question(signal)), tooLong]);
  } catch (error) {
    throw error instanceof RemoteError ? error : doubtful(error);
  } finally {
    clearTimeout(timer);
    leave.abort();
  }
}

function silent(ms: number): RemoteError {
  return new RemoteError(`no answer within ${printDuration(ms)}`, { fault: "unreachable", passing: true });
}

function interrupted(): RemoteError {
  return new RemoteError("this process was stopped before the answer came", { fault: "unreachable", passing: true });
}

/** Ours, most likely: nobody knows how far it came. */
function doubtful(error: unknown): RemoteError {
  const text = error instanceof Error ? error.message : String(error);
  const fault = isAbort(error) ? "unreachable" : "malformed";
  return new RemoteError(text, { fault, passing: false, uncertain: true, cause: error });
}
