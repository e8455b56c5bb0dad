/** The calls themselves: one intent's wish in the words of the contract. */
import type { Remote, Started } from "../../adapter/contract.ts";
import { RemoteError } from "../../adapter/remote-error.ts";
import type { ForeignRunRef } from "../../model/foreign.ts";
import type { Intent } from "../../store/intent/intent.ts";

/** Null where the tool only says that it has heard. */
export async function perform(remote: Remote, intent: Intent, signal: AbortSignal): Promise<Started | null> {
  const { kind, jobId, key, parameters } = intent;
  const note = noteOf(intent);
  if (kind === "start" && remote.start) return remote.start({ jobId, key, parameters, note }, signal);
  if (kind === "retry" && remote.retry) return remote.retry({ run: targetOf(intent), key, note }, signal);
  if (kind === "cancel" && remote.cancel) await remote.cancel(targetOf(intent), note, signal);
  else if (kind === "pause" && remote.pause) await remote.pause(jobId, signal);
  else if (kind === "resume" && remote.resume) await remote.resume(jobId, signal);
  else throw cannot(`the tool cannot ${kind} (any more)`);
  return null;
}

export function targetOf({ target, jobId }: Intent): ForeignRunRef {
  if (!target) throw cannot("its run is no longer known");
  return { jobId, runId: target.runId };
}

/** What stands beside the run in its tool: who asked, through whom, and why. */
function noteOf({ principal, note }: Intent): string {
  return note === null ? `asked by ${principal}` : `asked by ${principal}: ${note}`;
}

function cannot(message: string): RemoteError {
  return new RemoteError(message, { fault: "refused", passing: false, uncertain: false });
}
