/**
 * Our run, after we lost sight of it: by the key in its parameters, or, where the job takes none, by exclusion.
 *
 * The queue is read before the builds. An item that leaves between the two is then seen as a build; the other way round
 * it would be seen as neither.
 */
import type { FindRequest, Found } from "../../src/adapter/contract.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignRun } from "../../src/model/foreign.ts";
import { readBack } from "./builds.ts";
import { isAlsoBy } from "./causes.ts";
import { readWaiting } from "./fleet.ts";
import { jobPath } from "./names.ts";
import type { Asking } from "./observe.ts";
import { declaresKey, definitionsOf, keyOf } from "./parameters.ts";
import { type ActionRow, buildRow, jobRow } from "./rows.ts";
import { toQueuedRun, toRun } from "./translate.ts";
import { JOB } from "./trees.ts";

interface Candidate {
  readonly run: ForeignRun;
  readonly actions: readonly ActionRow[];
}

/** The remote's clock is known to the second, and the moment we sent is known by ours. */
const SLACK_MS = 5_000;
/** More builds since we sent than any job makes while we are away. */
const MOST_CANDIDATES = 5_000;

export async function find(asking: Asking, request: FindRequest): Promise<Found | null> {
  const { jenkins, signal } = asking;
  const { keyParameter } = jenkins.config;
  const job = readBody(jobRow, await jenkins.read(jobPath(request.jobId), `name,${JOB}`, signal), "a job");
  const marked = declaresKey(definitionsOf(job), keyParameter);
  const possible: Candidate[] = [];
  for await (const candidate of candidates(asking, request)) {
    if (keyOf(candidate.actions, keyParameter) === request.key) return { run: candidate.run, by: "key" };
    if (!marked && isPossible(candidate, asking, request)) possible.push(candidate);
  }
  const [only] = possible;
  if (possible.length > 1) throw ambiguous(request, possible);
  return only ? { run: only.run, by: "exclusion" } : null;
}

/** Since we sent, and before it for as long as the clocks may differ. */
async function* candidates(
  { jenkins, site, signal }: Asking,
  { jobId, sentAfter }: FindRequest,
): AsyncGenerator<Candidate> {
  const sinceMs = sentAfter.getTime() - SLACK_MS;
  for (const one of (await readWaiting(jenkins, signal)).items)
    if (one.jobId === jobId && (one.item.inQueueSince ?? Infinity) >= sinceMs)
      yield { run: toQueuedRun(jobId, one.item, site), actions: one.item.actions };
  let count = 0;
  const isEnough = ({ timestamp }: { timestamp?: number | null | undefined }) =>
    typeof timestamp === "number" && timestamp < sinceMs;
  for await (const { rows, readAt } of readBack(jenkins, jobId, isEnough, signal))
    for (const sample of rows) {
      const row = buildRow.safeParse(sample);
      if (!row.success) throw unreadable(jobId);
      if ((count += 1) > MOST_CANDIDATES) throw tooMany(jobId);
      if (!isEnough(row.data)) yield { run: toRun(jobId, row.data, site, readAt), actions: row.data.actions };
    }
}

/** Ours by its user, with nobody's key, and none that another request of ours is known to have begun. */
function isPossible({ run, actions }: Candidate, { jenkins }: Asking, { taken }: FindRequest): boolean {
  if (!isAlsoBy(actions, jenkins.user) || keyOf(actions, jenkins.config.keyParameter) !== null) return false;
  return !taken.includes(run.runId) && (run.formerly === null || !taken.includes(run.formerly));
}

function ambiguous({ jobId }: FindRequest, possible: readonly Candidate[]): RemoteError {
  const names = possible.map(({ run }) => run.runId).join(", ");
  return new RemoteError(
    `several runs of ${jobId} could be ours: ${names}. Declare a string parameter for our key to tell them apart`,
    {
      fault: "conflict",
      passing: false,
      uncertain: true,
    },
  );
}

/** A row nobody can read may be the one we look for, so "there is none" cannot be said. */
function unreadable(jobId: string): RemoteError {
  return new RemoteError(`a build of ${jobId} cannot be read, and it may be ours`, {
    fault: "malformed",
    passing: true,
  });
}

function tooMany(jobId: string): RemoteError {
  return new RemoteError(
    `more than ${MOST_CANDIDATES} builds of ${jobId} since then; it cannot be said that none is ours`,
    {
      fault: "malformed",
      passing: false,
      uncertain: true,
    },
  );
}
