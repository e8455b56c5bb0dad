/**
 * Starts, keyed: the name of the Job is made of the key, so the API itself refuses a second one.
 *
 *   201                          it is ours, and new
 *   409 AlreadyExists            read it: with our key on it, it is our own earlier success; else it is somebody's
 *   409, any other reason        two writers met; asked again
 *   no answer, 5xx               it may exist: `find` reads it by its name
 */
import type { Found, RetryRequest, Started, StartRequest } from "../../../src/adapter/contract.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import { readBody } from "../../../src/adapter/rows.ts";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import { isTerminal } from "../../../src/model/run-state.ts";
import { getObject, messageOf, pathOf, reasonOf } from "../client.ts";
import { readJobId, readRunRef, runIdOf, shortUid } from "../identity.ts";
import { KEY, labelOf, nameOf, STARTED } from "../ours.ts";
import { cronJobRow, jobRow, listBody } from "../rows.ts";
import type { Talk } from "../session.ts";
import { stateOf } from "../job-state.ts";
import { toRun } from "../translate.ts";
import type { Memory } from "../watch/memory.ts";
import {
  fromCronJob,
  fromJob,
  fromTemplate,
  type JobManifest,
  type Order,
  type RawCronJob,
  type RawJob,
} from "./manifest.ts";
import { toEnvironment } from "./parameters.ts";

export async function start(talk: Talk, memory: Memory, request: StartRequest): Promise<Started> {
  const { jobId, key } = request;
  const job = readJobId(jobId);
  if (!job || job.kind === "other") throw missing(`${jobId} is neither a CronJob nor a template of this source`);
  const seen = memory.vanishedWithKey(jobId, key);
  if (seen) return { run: seen, merged: false, warning: "it ran before, and is gone from the cluster" };
  const order = orderOf(talk, request, { namespace: job.namespace, base: job.name });
  if (job.kind === "template") return create(talk, templateManifest(talk, job.name, order), null);
  return startCronJob(talk, job.name, order);
}

type Names = { readonly namespace: string; readonly base: string };

function orderOf({ config }: Talk, request: StartRequest, { namespace, base }: Names): Order {
  const { jobId, key, note, parameters } = request;
  const template = config.templates.find(
    (one) => one.namespace === namespace && jobId.endsWith(`/template/${one.name}`),
  );
  return {
    jobId,
    namespace,
    name: nameOf(base, key),
    key,
    note,
    parameters,
    variables: toEnvironment(parameters, template?.parameters ?? null),
    keepSeconds: config.started.keepSeconds,
  };
}

function templateManifest({ config }: Talk, name: string, order: Order): JobManifest {
  const template = config.templates.find((one) => one.namespace === order.namespace && one.name === name);
  if (!template) throw missing(`this source has no template ${order.namespace}/${name}`);
  return fromTemplate(template, order);
}

async function startCronJob(talk: Talk, name: string, order: Order): Promise<Started> {
  const { body, found } = await getObject(talk, "cronjobs", order.namespace, name);
  if (!found) throw missing(`there is no CronJob ${order.namespace}/${name}`);
  const { spec, status } = cronJobRow.parse(body);
  const overlaps = spec.concurrencyPolicy === "Forbid" ? (status?.active.length ?? 0) : 0;
  const { owner, overlap } = talk.config.started;
  if (overlaps > 0 && overlap === "refuse") {
    // Unless it is our own, asked for a second time.
    const ours = await read(talk, order.namespace, order.name, order.key);
    if (ours) return { run: ours, merged: false, warning: null };
    throw conflict(`${name} forbids overlaps, and ${overlaps} of its runs are under way`);
  }
  const warning = overlaps > 0 ? `its CronJob forbids overlaps, and ${overlaps} of its runs are under way` : null;
  return create(talk, fromCronJob(body as RawCronJob, order, owner), warning);
}

export async function retry(talk: Talk, { run, key, note }: RetryRequest): Promise<Started> {
  const name = readRunRef(run);
  if (!name) throw missing(`${run.runId} is no run of a cluster`);
  const { body, found } = await getObject(talk, "jobs", name.namespace, name.name);
  const job = found ? jobRow.safeParse(body).data : null;
  if (!job || shortUid(job.metadata.uid) !== name.shortUid)
    throw missing(`the Job ${name.name} is gone, and its template with it; start ${run.jobId} anew`);
  if (!isTerminal(stateOf(job).state)) throw conflict(`the Job ${name.name} has not ended yet`);
  const { parameters } = toRun(job, talk.reading);
  const order: Order = {
    jobId: run.jobId,
    namespace: name.namespace,
    name: nameOf(stemOf(name.name), key),
    key,
    note,
    parameters,
    // They stand in the old spec already.
    variables: [],
    keepSeconds: talk.config.started.keepSeconds,
  };
  return create(talk, fromJob(body as RawJob, order, runIdOf(job.metadata)), null);
}

/** Without the minute or the key at its end, or a retry of a retry would have no name left. */
function stemOf(name: string): string {
  return name.replace(/-(?:\d{8,10}|[a-z2-7]{16})$/, "");
}

const CREATE_ATTEMPTS = 3;

async function create(talk: Talk, manifest: JobManifest, warning: string | null): Promise<Started> {
  const { http, signal } = talk;
  const { namespace, name, annotations } = manifest.metadata;
  const key = annotations[KEY] ?? "";
  for (let attempt = 1; ; attempt += 1) {
    const query = { fieldValidation: "Strict" };
    const reply = await http.post(pathOf("jobs", namespace), manifest, { signal, query, accept: [409] });
    if (reply.status !== 409) return { run: readCreated(talk, reply.body), merged: false, warning };
    if (reasonOf(reply) === "AlreadyExists") {
      const run = await read(talk, namespace, name, key);
      if (run) return { run, merged: false, warning };
      throw new RemoteError(`the Job ${name} was there a moment ago and is gone`, {
        fault: "conflict",
        passing: true,
        uncertain: true,
      });
    }
    if (attempt >= CREATE_ATTEMPTS) throw conflict(messageOf(reply));
  }
}

function readCreated({ reading }: Talk, body: unknown): ForeignRun {
  const job = jobRow.safeParse(body);
  if (job.success) return toRun(job.data, reading);
  throw new RemoteError("it accepted the Job, but did not answer with it", {
    fault: "malformed",
    passing: false,
    uncertain: true,
  });
}

/** Null when there is none; an error when there is one that is not ours. */
async function read(talk: Talk, namespace: string, name: string, key: string): Promise<ForeignRun | null> {
  const { body, found } = await getObject(talk, "jobs", namespace, name);
  if (!found) return null;
  const run = readCreated(talk, body);
  if (run.cause.key === key) return run;
  throw conflict(`the name ${name} is taken by a Job that is not ours`);
}

export async function find(talk: Talk, memory: Memory, jobId: string, key: string): Promise<Found | null> {
  const job = readJobId(jobId);
  if (!job) return null;
  const found = await read(talk, job.namespace, nameOf(job.name, key), key);
  const run = found ?? memory.vanishedWithKey(jobId, key) ?? (await findRetry(talk, job.namespace, key));
  return run && { run, by: "key" };
}

/** A retry is named after the Job it does again, which nobody may remember: it is searched for by the mark of its key. */
async function findRetry({ http, signal, reading }: Talk, namespace: string, key: string): Promise<ForeignRun | null> {
  const query = { labelSelector: `${STARTED}=${labelOf(key)}`, limit: 10 };
  const reply = await http.get(pathOf("jobs", namespace), { signal, query });
  const rows = readBody(listBody, reply, "a list of jobs").items;
  const jobs = rows.flatMap((row) => jobRow.safeParse(row).data ?? []);
  return jobs.map((job) => toRun(job, reading)).find((run) => run.cause.key === key) ?? null;
}

function missing(message: string): RemoteError {
  return new RemoteError(message, { fault: "missing", passing: false, uncertain: false });
}

function conflict(message: string): RemoteError {
  return new RemoteError(message, { fault: "conflict", passing: false, uncertain: false });
}
