/** Reading and changing objects, by the paths and verbs of the API. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createJob, type Sent } from "./admission.ts";
import { RESOURCES } from "./discovery.ts";
import { finish, DEADLINE_WORDS, isFinished, removeJob, settle, takeUp } from "./job-controller.ts";
import { recordEvent } from "./events.ts";
import { listObjects } from "./list-route.ts";
import { answerLog, type LogQuery } from "./log-route.ts";
import { mergePatch } from "./merge-patch.ts";
import type { ApiObject, JobObject, PodObject } from "./objects.ts";
import { type InvalidField, invalid, notFound, Refusal } from "./refusal.ts";
import { fieldTest, labelTest } from "./selectors.ts";
import { answerError, authorize, type Server } from "./gatekeeper.ts";
import type { Kind } from "./store.ts";
import { toTable } from "./tables.ts";
import { openWatch, type OpenWatch } from "./watch-route.ts";

type Query = Readonly<Record<string, string | undefined>>;

interface Params {
  readonly namespace?: string;
  readonly name?: string;
}

export function objectRoutes(app: FastifyInstance, server: Server): void {
  for (const [name, { group, namespaced }] of Object.entries(RESOURCES)) {
    const kind = name as Kind;
    const base = group === "" ? "/api/v1" : `/apis/${group}/v1`;
    const inside = namespaced ? `${base}/namespaces/:namespace/${kind}` : `${base}/${kind}`;
    if (namespaced) app.get(`${base}/${kind}`, (request, reply) => listOrWatch(server, kind, request, reply));
    app.get(inside, (request, reply) => listOrWatch(server, kind, request, reply));
    app.get(`${inside}/:name`, (request) => getOne(server, kind, request));
    app.patch(`${inside}/:name`, (request) => patchOne(server, kind, request));
    app.delete(`${inside}/:name`, (request) => deleteOne(server, kind, request));
  }
  app.post("/apis/batch/v1/namespaces/:namespace/jobs", (request, reply) => createOne(server, request, reply));
  app.get("/api/v1/namespaces/:namespace/pods/:name/log", (request, reply) => readLog(server, request, reply));
}

function listOrWatch(server: Server, kind: Kind, request: FastifyRequest, reply: FastifyReply): unknown {
  const { namespace = null } = request.params as Params & { namespace?: string | null };
  const query = request.query as Query;
  const watches = query["watch"] === "1" || query["watch"] === "true";
  authorize(server, watches ? "watch" : "list", kind, namespace);
  const [byLabel, byField] = [labelTest(query["labelSelector"]), fieldTest(kind, query["fieldSelector"])];
  const test = (object: ApiObject) =>
    (namespace === null || object.metadata.namespace === namespace) && byLabel(object) && byField(object);
  const asTable = (request.headers.accept ?? "").includes("as=Table");
  const { cluster } = server;
  const now = cluster.now();
  if (watches) return watch(server, kind, { query, test, asTable }, reply);
  const { objects, metadata } = listObjects(cluster.store, kind, query, test);
  if (asTable) return toTable(kind, objects, metadata, now);
  const { kind: singular, group } = RESOURCES[kind];
  return {
    kind: `${singular}List`,
    apiVersion: group === "" ? "v1" : `${group}/v1`,
    metadata,
    items: objects.map(shown),
  };
}

interface WatchRequest {
  readonly query: Query;
  readonly test: (object: ApiObject) => boolean;
  readonly asTable: boolean;
}

function watch(server: Server, kind: Kind, { query, test, asTable }: WatchRequest, reply: FastifyReply): FastifyReply {
  const { cluster, watches } = server;
  const { kind: singular, group } = RESOURCES[kind];
  const apiVersion = group === "" ? "v1" : `${group}/v1`;
  const show = (object: ApiObject) => (asTable ? toTable(kind, [object], {}, cluster.now()) : shown(object));
  const bookmark = (resourceVersion: string) =>
    asTable
      ? { ...toTable(kind, [], { resourceVersion }, cluster.now()) }
      : { kind: singular, apiVersion, metadata: { resourceVersion, creationTimestamp: null }, spec: {}, status: {} };
  const open: { watch: OpenWatch | null } = { watch: null };
  const opened = openWatch(cluster, { kind, query, test, show, bookmark }, reply.raw, () => {
    if (open.watch) watches.delete(open.watch);
  });
  reply.hijack();
  open.watch = opened;
  watches.add(opened);
  return reply;
}

function getOne(server: Server, kind: Kind, request: FastifyRequest): object {
  const { namespace = "", name = "" } = request.params as Params;
  authorize(server, "get", kind, namespace || null);
  const object = find(server, kind, namespace, name);
  const asTable = (request.headers.accept ?? "").includes("as=Table");
  return asTable
    ? toTable(kind, [object], { resourceVersion: object.metadata.resourceVersion }, server.cluster.now())
    : shown(object);
}

function find({ cluster }: Server, kind: Kind, namespace: string, name: string): ApiObject {
  const object = cluster.store.get(kind, namespace, name);
  if (!object) throw notFound(kind, RESOURCES[kind].group, name);
  return object;
}

/** Namespaces have none of their own; the store does not know that. */
function shown(object: ApiObject): object {
  if (object.metadata.namespace !== "") return object;
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function createOne(server: Server, request: FastifyRequest, reply: FastifyReply): object {
  const { namespace = "" } = request.params as Params;
  const query = request.query as Query;
  authorize(server, "create", "jobs", namespace);
  const dryRun = query["dryRun"] === "All";
  const options = { namespace, strict: query["fieldValidation"] === "Strict", dryRun };
  const job = createJob(server.cluster, request.body as Sent, options);
  // The controller sees it when the answer is on its way.
  if (!dryRun) setImmediate(() => begin(server, job));
  void reply.status(201);
  return job;
}

function begin({ cluster }: Server, { metadata }: JobObject): void {
  const job = cluster.store.get("jobs", metadata.namespace, metadata.name) as JobObject | null;
  if (!job || job.metadata.uid !== metadata.uid || job.status.startTime) return;
  const taken = takeUp(cluster, job);
  if (!taken.spec.suspend) recordEvent(cluster, taken, "Normal", "SuccessfulCreate", `Created pod: ${metadata.name}`);
}

const PATCHES = ["application/merge-patch+json", "application/strategic-merge-patch+json"];

function patchOne(server: Server, kind: Kind, request: FastifyRequest): object {
  const { namespace = "", name = "" } = request.params as Params;
  authorize(server, "patch", kind, namespace);
  const type = (request.headers["content-type"] ?? "").split(";")[0] ?? "";
  if (!PATCHES.includes(type))
    throw new Refusal(
      415,
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, ${PATCHES.join(", ")}`,
    );
  const before = find(server, kind, namespace, name);
  const after = mergePatch(before, request.body) as ApiObject;
  if (after.metadata.uid !== before.metadata.uid) {
    const message = `Operation cannot be fulfilled on ${kind}.batch "${name}": Precondition failed: UID in precondition: ${after.metadata.uid}, UID in object meta: ${before.metadata.uid}`;
    throw new Refusal(409, "Conflict", message);
  }
  const mistakes = kind === "jobs" ? immutable(before as JobObject, after as JobObject) : [];
  if (mistakes.length > 0) throw invalid("Job", "batch", name, mistakes);
  const written = server.cluster.store.replace(kind, { ...after, status: before["status"] });
  if (kind === "jobs") afterPatch(server, before as JobObject, written as JobObject);
  return find(server, kind, namespace, name);
}

function immutable(before: JobObject, after: JobObject): InvalidField[] {
  return ["template", "selector", "completionMode", "podFailurePolicy"].flatMap((field) =>
    JSON.stringify(before.spec[field]) === JSON.stringify(after.spec[field])
      ? []
      : [{ field: `spec.${field}`, message: "Invalid value: field is immutable" }],
  );
}

/** A deadline is measured from the start of the Job, so a short one is over already. */
function afterPatch({ cluster }: Server, before: JobObject, job: JobObject): void {
  const { activeDeadlineSeconds: seconds } = job.spec;
  if (before.spec.suspend && !job.spec.suspend) return void takeUp(cluster, job);
  if (seconds === before.spec.activeDeadlineSeconds || seconds === undefined) return;
  const dueMs = Date.parse(job.status.startTime ?? "") + seconds * 1_000 - cluster.now();
  if (!(dueMs > 0)) return settle(cluster);
  setTimeout(() => end(cluster, job), dueMs).unref();
}

function end(cluster: Server["cluster"], { metadata }: JobObject): void {
  const job = cluster.store.get("jobs", metadata.namespace, metadata.name) as JobObject | null;
  if (!job || isFinished(job) || cluster.quirks.ignoreDeadlines) return;
  finish(cluster, job, { outcome: "Failed", at: cluster.now(), ...DEADLINE_WORDS });
}

interface DeleteOptions {
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string };
  readonly orphanDependents?: boolean;
}

function deleteOne(server: Server, kind: Kind, request: FastifyRequest): object {
  const { namespace = "", name = "" } = request.params as Params;
  authorize(server, "delete", kind, namespace);
  const object = find(server, kind, namespace, name);
  const body = request.body as DeleteOptions | null;
  const { uid } = body?.preconditions ?? {};
  if (uid !== undefined && uid !== object.metadata.uid) {
    const message = `Operation cannot be fulfilled on ${kind}.batch "${name}": Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`;
    throw new Refusal(409, "Conflict", message);
  }
  // A body outweighs the address, even an empty one; and without a word Jobs orphan their pods.
  const said =
    body === null || body === undefined ? (request.query as Query)["propagationPolicy"] : body.propagationPolicy;
  const policy = said ?? (kind === "jobs" ? "Orphan" : "Background");
  if (kind === "jobs") removeJob(server.cluster, object as JobObject, policy);
  else server.cluster.store.remove(kind, object);
  const { group } = RESOURCES[kind];
  const details = { name, ...(group ? { group } : {}), kind, uid: object.metadata.uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

function readLog(server: Server, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { namespace = "", name = "" } = request.params as Params;
  authorize(server, "get", "pods/log", namespace);
  const pod = find(server, "pods", namespace, name) as PodObject;
  try {
    answerLog(server.cluster, pod, request.query as LogQuery, reply.raw);
    return reply.hijack();
  } catch (error) {
    return answerError(error, reply);
  }
}
