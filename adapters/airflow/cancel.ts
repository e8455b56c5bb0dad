/**
 * Cancels a run by setting it failed, the only way Airflow has. A line of ours in its note tells the two apart.
 *
 * It is asynchronous: teardown tasks still run, and a task may end well before it is stopped. What came of it is seen
 * later, by observation.
 */
import type { HostLog } from "../../src/adapter/contract.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { failRun, patchNote, readDag, readRun } from "./calls.ts";
import { cancelNote, weCancelled } from "./ours.ts";
import type { AirflowRun } from "./rows.ts";
import type { Talk } from "./session.ts";
import { isOver } from "./translate.ts";

export async function cancel(talk: Talk, ref: ForeignRunRef, reason: string, log: HostLog): Promise<void> {
  const before = await readRun(talk, ref);
  if (isOver(before)) return leaveAsItEnded(before);
  const failed = await failRun(talk, ref, cancelNote(before, reason));
  // Only now does 2.x tell for good when the attempt began that was cancelled.
  if (talk.dialect.api === "v1") await noteLate(talk, ref, cancelNote(failed, reason), log);
  if (!isOver(await readRun(talk, ref))) await refuseIfDeaf(talk, ref);
}

/** Airflow would let us fail a run that succeeded, and so rewrite its history. */
function leaveAsItEnded(run: AirflowRun): void {
  if (run.state === "failed" && weCancelled(run)) return;
  throw new RemoteError(`the run has ended already: ${run.state}`, { fault: "conflict", passing: false });
}

/** The run is stopped; that it cannot be told from a failed one is no reason to call the stop a failure. */
async function noteLate(talk: Talk, ref: ForeignRunRef, note: string, log: HostLog): Promise<void> {
  await patchNote(talk, ref, note).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error;
    log.warn({ job: ref.jobId, run: ref.runId, err: error }, "the note on a cancelled run could not be written");
  });
}

/** A run with teardown tasks goes on for a while. One whose DAG is not parsed any more does too: 2.x says 200 and does nothing. */
async function refuseIfDeaf(talk: Talk, { jobId }: ForeignRunRef): Promise<void> {
  const dag = await readDag(talk, jobId);
  if (dag.is_active !== false && dag.is_stale !== true) return;
  throw new RemoteError("Airflow left the run as it is, for its DAG is no longer parsed", {
    fault: "refused",
    passing: false,
  });
}
