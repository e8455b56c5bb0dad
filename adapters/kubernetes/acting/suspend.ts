/** Pausing and resuming a CronJob. Runs under way go on. */
import type { HostLog } from "../../../src/adapter/contract.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import { getObject, pathOf } from "../client.ts";
import { readJobId } from "../identity.ts";
import { cronJobRow } from "../rows.ts";
import type { Talk } from "../session.ts";

const MERGE_PATCH = { "content-type": "application/merge-patch+json" };

export async function pauseJob(talk: Talk, jobId: string): Promise<void> {
  await patch(talk, jobId, true);
}

export async function resumeJob(talk: Talk, jobId: string, log: HostLog): Promise<void> {
  const { namespace, name } = cronJobNamed(jobId);
  const { body, found } = await getObject(talk, "cronjobs", namespace, name);
  const cronJob = found ? cronJobRow.safeParse(body).data : null;
  // Not a fault of the resume, but somebody will ask in the morning why it ran at eleven.
  if (cronJob?.spec.suspend && cronJob.spec.startingDeadlineSeconds == null) {
    log.warn({ job: jobId }, "the CronJob has no startingDeadlineSeconds: a run it missed while paused starts at once");
  }
  await patch(talk, jobId, false);
}

async function patch({ http, signal }: Talk, jobId: string, suspend: boolean): Promise<void> {
  const { namespace, name } = cronJobNamed(jobId);
  const request = { signal, headers: MERGE_PATCH, repeat: true };
  await http.patch(pathOf("cronjobs", namespace, name), { spec: { suspend } }, request);
}

function cronJobNamed(jobId: string): { readonly namespace: string; readonly name: string } {
  const job = readJobId(jobId);
  if (job?.kind === "cronjob") return job;
  throw new RemoteError(`${jobId} is no CronJob; only those have a schedule to pause`, {
    fault: "missing",
    passing: false,
    uncertain: false,
  });
}
