/**
 * Does a run again by clearing its tasks: Airflow queues it anew under the same id.
 *
 * Clearing twice restarts twice, and no key can stop it. So the note is written first: it names the key and the attempt
 * that is to be done again. Asked again under that key, we read there whether the clearing has taken place.
 */
import type { RetryRequest, Started } from "../../src/adapter/contract.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { clearTasks, patchNote, readRun } from "./calls.ts";
import { retryNote, retryUnder, weCancelled } from "./ours.ts";
import type { AirflowRun } from "./rows.ts";
import type { Talk } from "./session.ts";
import { isPaused, PAUSED } from "./start.ts";
import { readTasks } from "./tasks.ts";
import { isOver, siteOf, toRun } from "./translate.ts";

export async function retry(talk: Talk, { run: ref, key, note }: RetryRequest): Promise<Started> {
  const before = await readRun(talk, ref);
  const heard = retryUnder(before, key);
  if (heard !== "done") {
    if (!isOver(before)) throw stillOpen(before);
    if (heard === "unheard") await patchNote(talk, ref, retryNote(before, key, note));
    await clear(talk, ref, before);
  }
  const run = toRun(await readRun(talk, ref), siteOf(talk));
  return { run, merged: false, warning: (await isPaused(talk, ref.jobId)) ? PAUSED : null };
}

async function clear(talk: Talk, ref: ForeignRunRef, before: AirflowRun): Promise<void> {
  if (before.state === "success") return clearTasks(talk, ref, { onlyFailed: false });
  // What a cancel kept from running is skipped, not failed; left so, the second attempt would "succeed" without it.
  if (weCancelled(before)) return clearUnfinished(talk, ref);
  await clearTasks(talk, ref, { onlyFailed: true });
  // No task had failed: the run itself ran out of time, or somebody marked it.
  if (isOver(await readRun(talk, ref))) await clearUnfinished(talk, ref);
}

/**
 * Everything that did not succeed, in one request: between two of them the scheduler would find what waits behind what
 * failed, and give it up again. All, where there is nothing of the kind.
 */
async function clearUnfinished(talk: Talk, ref: ForeignRunRef): Promise<void> {
  const { tasks } = await readTasks(talk, ref, ["failed", "upstream_failed", "skipped"]);
  const taskIds = [...new Set(tasks.map(({ task_id }) => task_id))];
  return clearTasks(talk, ref, { onlyFailed: false, ...(taskIds.length > 0 ? { taskIds } : {}) });
}

function stillOpen({ state }: AirflowRun): RemoteError {
  return new RemoteError(`the run is ${state}: only a run that has ended can be done again`, {
    fault: "conflict",
    passing: false,
  });
}
