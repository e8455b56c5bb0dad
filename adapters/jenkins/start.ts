/**
 * A start: one POST, and the item of the queue it made.
 *
 * Jenkins folds a start into an item that waits with the same parameters. With our key among them that item can only be
 * our own, asked for before; without, it may be somebody's, and then the run is theirs and only does our work as well.
 */
import type { Started, StartRequest } from "../../src/adapter/contract.ts";
import type { HttpReply } from "../../src/adapter/http/http.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { Cause, ForeignRun } from "../../src/model/foreign.ts";
import { isOnlyBy } from "./causes.ts";
import { readWaiting } from "./fleet.ts";
import { type StartForm, toForm } from "./form.ts";
import { jobPath, queueIdOf } from "./names.ts";
import { type Asking, readItem } from "./observe.ts";
import { definitionsOf, toParameters } from "./parameters.ts";
import { type JobRow, jobRow } from "./rows.ts";
import { toQueuedRun } from "./translate.ts";
import { JOB } from "./trees.ts";

export type StartWish = Pick<StartRequest, "jobId" | "key" | "parameters">;

const FOLDED = 303;

export async function start(asking: Asking, wish: StartWish, causeKind: Cause["kind"] = "us"): Promise<Started> {
  const { jenkins, signal } = asking;
  const job = await readJob(asking, wish.jobId);
  const form = toForm({ ...wish, keyParameter: jenkins.config.keyParameter }, definitionsOf(job));
  // Asked before, for afterwards nobody can tell an item that was there from the one we made.
  const waitingBefore = form.marked ? null : await itemsOf(asking, wish.jobId);
  const reply = await jenkins.act(`${jobPath(wish.jobId)}/${form.action}`, form.fields, signal);
  const item = itemIn(reply, wish.jobId);
  const { run, onlyOurs } = await tellItem(asking, wish, form, item);
  const merged = !form.marked && (reply.status === FOLDED || waitingBefore?.has(item) === true || !onlyOurs);
  return {
    run: { ...run, cause: { kind: causeKind, by: jenkins.user, key: wish.key } },
    merged,
    warning: warningFor(job, merged),
  };
}

async function readJob({ jenkins, signal }: Asking, jobId: string): Promise<JobRow> {
  return readBody(jobRow, await jenkins.read(jobPath(jobId), `name,${JOB}`, signal), "a job");
}

async function itemsOf({ jenkins, signal }: Asking, jobId: string): Promise<ReadonlySet<number>> {
  const { items } = await readWaiting(jenkins, signal);
  return new Set(items.filter((one) => one.jobId === jobId).map(({ item }) => item.id));
}

/** The number at the end of `Location`: its host may be any, and the page it points to is none. */
function itemIn({ status, headers }: HttpReply, jobId: string): number {
  const id = /\/queue\/item\/(\d+)\/?$/.exec(headers["location"] ?? "")?.[1];
  if (id !== undefined) return Number(id);
  if (status === 302)
    throw new RemoteError(`Jenkins did not put ${jobId} into its queue: it is shutting down, or a plugin said no`, {
      fault: "conflict",
      passing: false,
      status,
    });
  throw new RemoteError(`Jenkins took the start of ${jobId} and did not tell its item; does a proxy drop "Location"?`, {
    fault: "malformed",
    passing: false,
    status,
    uncertain: true,
  });
}

/** The item as it stands. That it was made is certain by now, so nothing that goes wrong here may cast a doubt on it. */
async function tellItem(
  asking: Asking,
  wish: StartWish,
  form: StartForm,
  id: number,
): Promise<{ run: ForeignRun; onlyOurs: boolean }> {
  const { jenkins, site } = asking;
  const item = await readItem(asking, id).catch(() => null);
  // Whoever aborts us now leaves a start that was made; it is told as it was made.
  if (item) return { run: toQueuedRun(wish.jobId, item.row, site), onlyOurs: isOnlyBy(item.row.actions, jenkins.user) };
  return { run: asSent(wish, form, id, asking), onlyOurs: true };
}

function asSent({ jobId }: StartWish, { fields }: StartForm, id: number, { jenkins, site }: Asking): ForeignRun {
  const parameters = Object.entries(fields).map(([name, value]) => ({ _class: null, name, value }));
  const actions = [{ _class: null, queuingDurationMillis: null, causes: [], parameters }];
  return {
    jobId,
    runId: queueIdOf(id),
    formerly: null,
    state: "queued",
    native: { word: "waiting", rule: "queue.waiting" },
    cause: { kind: "us", by: jenkins.user, key: null },
    parameters: toParameters(actions, site.keyParameter),
    error: null,
    queuedAt: null,
    startedAt: null,
    endedAt: null,
    url: `${site.root}${jobPath(jobId)}/`,
  };
}

function warningFor({ disabled }: JobRow, merged: boolean): string | null {
  if (merged) return "Jenkins folded this start into one that somebody else had asked for; the run is theirs";
  return disabled ? "the job is disabled" : null;
}
