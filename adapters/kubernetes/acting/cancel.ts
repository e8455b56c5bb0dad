/**
 * Cancelling a Job.
 *
 * Its deadline is set to one second, with our mark on it: the controller ends the pods, and the Job stays as a record of
 * what happened. Users have seen changed deadlines not acted on, so we look; a Job that goes on is deleted, and so is one
 * that is suspended, whose deadline does not run. What comes of it is told by observation.
 */
import { pause } from "../../../src/adapter/http/gate.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { isTerminal } from "../../../src/model/run-state.ts";
import { getObject, pathOf } from "../client.ts";
import { readRunRef, shortUid } from "../identity.ts";
import { isEnding, stateOf } from "../job-state.ts";
import { CANCELLED, DEADLINE_WAS } from "../ours.ts";
import { type JobRow, jobRow } from "../rows.ts";
import type { Talk } from "../session.ts";

export interface CancelPace {
  /** How often and how long we look whether the deadline is acted on. */
  readonly looks: number;
  readonly everyMs: number;
}

export const CANCEL_PACE: CancelPace = { looks: 20, everyMs: 500 };

const MERGE_PATCH = { "content-type": "application/merge-patch+json" };

export async function cancel(talk: Talk, run: ForeignRunRef, reason: string, pace: CancelPace): Promise<void> {
  const job = await present(talk, run);
  if (!job) throw gone(run);
  const { state, native } = stateOf(job);
  if (isTerminal(state)) {
    throw new RemoteError(`too late: ${job.metadata.name} has ended (${native.word})`, {
      fault: "conflict",
      passing: false,
      uncertain: false,
    });
  }
  const suspended = native.rule === "job.suspended";
  await mark(talk, job, reason, !suspended);
  if (talk.config.cancel === "delete" || suspended) return remove(talk, job);
  for (let look = 0; look < pace.looks; look += 1) {
    const now = await present(talk, run);
    if (!now || isEnding(now)) return undefined;
    await pause(pace.everyMs, talk.signal);
  }
  return remove(talk, job);
}

async function present(talk: Talk, run: ForeignRunRef): Promise<JobRow | null> {
  const name = readRunRef(run);
  if (!name) throw gone(run);
  const { body, found } = await getObject(talk, "jobs", name.namespace, name.name);
  const job = found ? jobRow.safeParse(body).data : null;
  return job && shortUid(job.metadata.uid) === name.shortUid ? job : null;
}

/** With the uid, which the API compares: a Job of the same name must not get what was meant for its predecessor. */
async function mark({ http, signal }: Talk, job: JobRow, reason: string, withDeadline: boolean): Promise<void> {
  const { namespace, name, uid } = job.metadata;
  const was = job.spec?.activeDeadlineSeconds;
  const annotations = { [CANCELLED]: reason, ...(was ? { [DEADLINE_WAS]: String(was) } : {}) };
  const spec = withDeadline ? { spec: { activeDeadlineSeconds: 1 } } : {};
  const patch = { metadata: { uid, annotations }, ...spec };
  // The same patch twice is one: it may be asked again.
  await http.patch(pathOf("jobs", namespace, name), patch, { signal, headers: MERGE_PATCH, repeat: true });
}

/**
 * The policy stands in the body, and the body is always there: by default a Job's pods are orphaned and run on, and an
 * empty body outweighs what the address says.
 */
async function remove({ http, signal }: Talk, job: JobRow): Promise<void> {
  const { namespace, name, uid } = job.metadata;
  const body = {
    kind: "DeleteOptions",
    apiVersion: "v1",
    propagationPolicy: "Background",
    preconditions: { uid },
  };
  // Gone already, or another one by now: ours is not there any more, and that is what was asked for.
  const accept = [404, 409];
  await http.delete(pathOf("jobs", namespace, name), { signal, body, accept, repeat: true });
}

function gone({ runId }: ForeignRunRef): RemoteError {
  return new RemoteError(`there is no run ${runId}`, { fault: "missing", passing: false, uncertain: false });
}
