/** What a cluster's users, its controllers and its clock do behind our back. */
import { createHash } from "node:crypto";
import type { OpenSandboxRun, PlayableWorld, SandboxRun, SandboxWorld } from "../../../src/adapter/sandbox.ts";
import { isTerminal, type RunState } from "../../../src/model/run-state.ts";
import { jobIdOf, readRunRef, runIdOf, SCHEDULED, shortUid } from "../identity.ts";
import { CANCELLED, KEY, PARAMETERS } from "../ours.ts";
import { completed } from "./admission.ts";
import type { Cluster } from "./cluster.ts";
import { recordEvent } from "./events.ts";
import { begin, condition, DEADLINE_WORDS, finish, isFinished, removeJob, takeUp, write } from "./job-controller.ts";
import { type CronJobObject, type JobObject, type Plain, timeText, type Words } from "./objects.ts";
import { removePods } from "./pods.ts";

export type KubernetesJob = Parameters<SandboxWorld["addJob"]>[0] & {
  readonly labels?: Words;
  readonly annotations?: Words;
  /** More of its `spec`: `timeZone`, `concurrencyPolicy`, … */
  readonly spec?: Plain;
  readonly jobSpec?: Plain;
  /** More than one container, for logs that have to be told apart. */
  readonly containers?: readonly string[];
};

/** How it ended, in more than a word. */
export interface KubernetesEnd {
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly podReason?: string;
  /** The container's last words. */
  readonly words?: string;
}

export type KubernetesRun = SandboxRun & {
  readonly end?: KubernetesEnd;
  /** A Job that no CronJob owns. */
  readonly standalone?: boolean;
  readonly labels?: Words;
  readonly annotations?: Words;
  readonly spec?: Plain;
  readonly generateName?: string;
};

export interface KubernetesWorld extends PlayableWorld {
  addJob(job: KubernetesJob): void;
  addRun(run: KubernetesRun): string;
  setRun(
    jobId: string,
    runId: string,
    change: Partial<Omit<SandboxRun, "jobId" | "runId">> & { readonly end?: KubernetesEnd },
  ): void;
  addNamespace(name: string): void;
  job(jobId: string, runId: string): JobObject;
  writeLog(jobId: string, runId: string, text: string, container?: string): void;
  warnAbout(jobId: string, reason: string, message: string): void;
  /** The cluster forgets its past: watches and lists that go on from it are answered with 410. */
  compact(): void;
}

export function kubernetesWorld(cluster: Cluster, requests: readonly string[]): KubernetesWorld {
  const { store } = cluster;

  function cronJobOf(jobId: string): CronJobObject | null {
    const [namespace = "", name = ""] = jobId.split("/");
    return store.get("cronjobs", namespace, name) as CronJobObject | null;
  }

  function jobOf(jobId: string, runId: string): JobObject {
    const ref = readRunRef({ jobId, runId });
    const job = ref && (store.get("jobs", ref.namespace, ref.name) as JobObject | null);
    if (!job || shortUid(job.metadata.uid) !== ref?.shortUid)
      throw new Error(`the sandbox has no Job ${runId} of ${jobId}`);
    return job;
  }

  function addNamespace(name: string): void {
    if (store.get("namespaces", "", name)) return;
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, namespace: "" },
      status: { phase: "Active" },
    };
    store.create("namespaces", namespace, timeText(cluster.now()));
  }

  function addJob(job: KubernetesJob): void {
    const [namespace = "default", name = job.id] = job.id.split("/");
    addNamespace(namespace);
    const known = cronJobOf(job.id);
    const next = newCronJob(job, namespace, name);
    if (known) store.replace("cronjobs", { ...next, metadata: { ...known.metadata, ...next.metadata } });
    else store.create("cronjobs", next, timeText(cluster.now()));
  }

  return {
    addNamespace,
    addJob,
    removeJob(id) {
      const cronJob = cronJobOf(id);
      if (!cronJob) return;
      for (const object of store.list("jobs")) {
        const owned = object.metadata.ownerReferences?.some(({ uid }) => uid === cronJob.metadata.uid);
        if (owned) removeJob(cluster, object as JobObject);
      }
      store.remove("cronjobs", cronJob);
    },

    addRun(run) {
      const [namespace = "default"] = run.jobId.split("/");
      addNamespace(namespace);
      if (!run.standalone && !cronJobOf(run.jobId)) addJob({ id: run.jobId });
      const job = newJob(cluster, run, run.standalone ? null : cronJobOf(run.jobId));
      move(cluster, job, run);
      return runIdOf(job.metadata);
    },
    setRun: (jobId, runId, change) => move(cluster, jobOf(jobId, runId), change),
    removeRun: (jobId, runId) => removeJob(cluster, jobOf(jobId, runId)),
    openRuns: () => (store.list("jobs") as readonly JobObject[]).filter((job) => !isFinished(job)).map(openRun),
    // Of what somebody creates by hand nothing is held up by that.
    isPaused: (jobId) => cronJobOf(jobId)?.spec["suspend"] === true,

    job: jobOf,
    writeLog(jobId, runId, text, container = "main") {
      const { uid } = jobOf(jobId, runId).metadata;
      const [pod] = store.controlledBy("pods", uid);
      if (pod) cluster.logs.write(pod.metadata.uid, container, text);
    },
    warnAbout(jobId, reason, message) {
      const cronJob = cronJobOf(jobId);
      if (cronJob) recordEvent(cluster, cronJob, "Warning", reason, message);
    },
    compact: () => store.compact(),

    startedWithKey: (key) =>
      store
        .list("jobs")
        .filter(({ metadata }) => metadata.annotations?.[KEY] === key)
        .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map(({ metadata }) => runIdOf(metadata)),
    requests,
  };
}

function openRun({ metadata, spec, status }: JobObject): OpenSandboxRun {
  const jobId = jobIdOf({ ...metadata, ownerReferences: [...(metadata.ownerReferences ?? [])] }, null);
  const state = status.ready ? "running" : "queued";
  const since = new Date((state === "running" && status.startTime) || metadata.creationTimestamp);
  return { jobId, runId: runIdOf(metadata), formerly: null, state, since, held: spec.suspend ?? false };
}

function podSpec(containers: readonly string[]) {
  const images = containers.map((name) => ({ name, image: "registry.example/reports:7", command: ["/bin/run"] }));
  return { restartPolicy: "Never", containers: images };
}

function newCronJob(job: KubernetesJob, namespace: string, name: string) {
  const { schedule, paused, labels, annotations, spec, jobSpec, containers = ["main"] } = job;
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace, generation: 1, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      // A CronJob has one, always: this date does not come often.
      schedule: schedule ?? "0 0 29 2 *",
      concurrencyPolicy: "Allow",
      suspend: paused ?? false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      jobTemplate: { spec: { template: { spec: podSpec(containers) }, ...jobSpec } },
    },
    status: {},
  };
}

const MINUTE_MS = 60_000;

function newJob(cluster: Cluster, run: KubernetesRun, cronJob: CronJobObject | null): JobObject {
  const at = run.queuedAt?.getTime() ?? run.startedAt?.getTime() ?? cluster.now();
  const [namespace = "default", ...rest] = run.jobId.split("/");
  const base = rest.at(-1) ?? "job";
  const name = freeName(cluster, namespace, wantedName(run, base, at));
  const uid = uidOf(cluster, `${namespace}/${name}`);
  const owner = cronJob && ownerOf(cronJob);
  const annotations = {
    ...(owner ? { [SCHEDULED]: timeText(Math.floor(at / MINUTE_MS) * MINUTE_MS) } : {}),
    ...(run.parameters === undefined ? {} : { [PARAMETERS]: JSON.stringify(run.parameters) }),
    ...run.annotations,
  };
  const spec = {
    ...cronJob?.spec.jobTemplate.spec,
    ...(cronJob ? {} : { template: { spec: podSpec(["main"]) } }),
    ...run.spec,
  };
  const labels = { ...run.labels };
  const metadata = {
    annotations,
    labels,
    ...(owner ? { ownerReferences: [owner] } : {}),
    ...(run.generateName ? { generateName: run.generateName } : {}),
  };
  const job = completed({ metadata, spec: spec as JobObject["spec"] }, { name, namespace, uid, generation: 1 });
  return cluster.store.create("jobs", job, timeText(at)) as JobObject;
}

/** A Job of the same name is another Job; but the same past told again, after a restart of the demo, is the same past. */
function uidOf({ births }: Cluster, name: string): string {
  const nth = (births.get(name) ?? 0) + 1;
  births.set(name, nth);
  const digest = createHash("sha256").update(`${name} ${nth}`).digest("hex");
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}

function ownerOf({ metadata }: CronJobObject) {
  const { name, uid } = metadata;
  return { apiVersion: "batch/v1", kind: "CronJob", name, uid, controller: true, blockOwnerDeletion: true };
}

/** As the CronJob controller names it: by the minute it was due. */
function wantedName({ runId, standalone, generateName }: KubernetesRun, base: string, at: number): string {
  if (generateName)
    return `${generateName}${Math.floor(at / 1_000)
      .toString(36)
      .slice(-5)}`;
  if (standalone) return runId ?? base;
  return `${base}-${Math.floor(at / MINUTE_MS)}`;
}

/** Two in one minute have no names of their own in a cluster; in tests they happen. */
function freeName({ store }: Cluster, namespace: string, wanted: string): string {
  for (let more = 0; ; more += 1) {
    const name = more === 0 ? wanted : wanted.replace(/-(\d+)$/, (_, minute) => `-${Number(minute) + more}`);
    if (!store.get("jobs", namespace, name)) return name;
    if (name === wanted && !/-\d+$/.test(wanted)) throw new Error(`the sandbox has a Job ${namespace}/${name} already`);
  }
}

type Change = Parameters<KubernetesWorld["setRun"]>[2];

function move(cluster: Cluster, job: JobObject, change: Change): void {
  const { state } = change;
  if (state === undefined) return;
  const now = cluster.now();
  const startedAt = change.startedAt?.getTime() ?? now;
  const endedAt = change.endedAt?.getTime() ?? now;
  const reopened = isFinished(job) && !isTerminal(state);
  const fresh = reopened ? reopen(cluster, job) : job;
  const going = () => (fresh.status.startTime ? fresh : takeUp(cluster, fresh, Math.min(startedAt, endedAt)));
  MOVES[state]({ cluster, job: fresh, going, startedAt, endedAt, end: change.end ?? {} });
}

interface Move {
  readonly cluster: Cluster;
  readonly job: JobObject;
  readonly going: () => JobObject;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly end: KubernetesEnd;
}

const MOVES: Readonly<Record<RunState, (move: Move) => void>> = {
  queued: ({ going }) => void going(),
  running: ({ cluster, going, startedAt }) => void begin(cluster, going(), startedAt),
  waiting: ({ cluster, job }) => void takeUp(cluster, { ...job, spec: { ...job.spec, suspend: true } }),
  succeeded: succeed,
  // Kubernetes skips nothing that it has created.
  skipped: succeed,
  failed: ({ cluster, going, endedAt, end }) =>
    void finish(cluster, going(), { outcome: "Failed", at: endedAt, ...end }),
  cancelled({ cluster, going, endedAt }) {
    const job = going();
    const metadata = { ...job.metadata, annotations: { ...job.metadata.annotations, [CANCELLED]: "by the sandbox" } };
    finish(cluster, { ...job, metadata }, { outcome: "Failed", at: endedAt, ...DEADLINE_WORDS });
  },
  // What a controller writes that has lost sight of its pods.
  unknown({ cluster, going, endedAt }) {
    const job = going();
    const lost = { ...condition("Complete", endedAt, "ControllerUnreachable"), status: "Unknown" as const };
    write(cluster, job, { ...job.status, conditions: [lost] });
  },
};

function succeed({ cluster, going, endedAt, end }: Move): void {
  finish(cluster, going(), { outcome: "Complete", at: endedAt, ...end });
}

/** No controller does this; somebody with `kubectl edit --subresource=status` can. */
function reopen(cluster: Cluster, job: JobObject): JobObject {
  removePods(cluster, job);
  return write(cluster, job, {});
}
