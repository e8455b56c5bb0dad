/** Whether and when to ask again. */
import { RemoteError } from "../remote-error.ts";
import { NotAskedError } from "./gate.ts";
import type { Limits } from "./limits.ts";

/** Null when the same question is not worth asking again now. */
export function waitBeforeRepeat(error: unknown, attempt: number, limits: Limits): number | null {
  if (!(error instanceof RemoteError) || error instanceof NotAskedError) return null;
  if (!error.passing || attempt >= limits.attempts) return null;
  if (error.retryAfterMs !== null) return error.retryAfterMs <= limits.patienceMs ? error.retryAfterMs : null;
  const fullMs = limits.backoffMs * 2 ** (attempt - 1);
  // Jittered, so that whatever failed together does not come back together.
  return fullMs / 2 + (Math.random() * fullMs) / 2;
}
