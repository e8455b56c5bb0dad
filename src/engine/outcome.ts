/** What a caller is told of an intent, once he has waited long enough. Pure. */
import type { Intent } from "../store/intent/intent.ts";
import { ActionError, codeOfFault } from "./action-error.ts";

/** There is something to tell, whatever may follow. */
export function isDecided({ state }: Intent): boolean {
  return state !== "pending" && state !== "sending";
}

/** Throws what is no success. */
export function refuseUnlessDone(intent: Intent): void {
  const { state, kind, fault, error, key, source, jobId, foundBy } = intent;
  if (state === "confirmed" || state === "heard" || state === "orphan") return;
  const what = `${source}/${jobId}: ${kind}`;
  const why = error === null ? "" : `: ${error}`;
  if (state === "refused") throw fail(intent, codeOfFault(fault), `${what} was refused${why}`);
  if (state === "abandoned")
    throw fail(intent, "CONFLICT", `${what} with the key ${key} was given up as uncertain; use another key`);
  if (state === "uncertain")
    throw fail(
      intent,
      "UNCERTAIN",
      `${what} may or may not have happened${why}; look at the tool, then resolve the action`,
    );
  if (state === "sending")
    throw fail(
      intent,
      "UNCERTAIN",
      `${what} was sent, and its outcome is not known yet${why}; ask again with the same key`,
    );
  if (fault === null && foundBy === null)
    throw fail(
      intent,
      "UNCERTAIN",
      `${what} is written down, and no worker has sent it yet; ask again with the same key`,
    );
  const code = fault === "conflict" ? "CONFLICT" : "SOURCE_UNREACHABLE";
  throw fail(
    intent,
    code,
    `${what} has not been sent yet, and will be tried until ${intent.sendUntil.toISOString()}${why}`,
  );
}

function fail(intent: Intent, code: ActionError["code"], message: string): ActionError {
  return new ActionError(code, message, { sourceId: intent.sourceId, id: intent.id });
}
