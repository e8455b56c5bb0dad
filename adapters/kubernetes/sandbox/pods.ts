/** Pods of Jobs: made, run and ended, with what they wrote and their last words. */
import type { Cluster } from "./cluster.ts";
import type { End } from "./job-controller.ts";
import { type JobObject, type PodObject, type PodSpec, timeText } from "./objects.ts";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** By chance in a cluster; here by count, for a test that fails must fail again. */
function suffix(count: number): string {
  return [1, 7, 13, 5, 3].map((step) => LETTERS[(count * step + step) % LETTERS.length]).join("");
}

export function addPod(cluster: Cluster, job: JobObject, at: number): PodObject {
  const { name, namespace, uid } = job.metadata;
  const labels = { ...job.spec.template.metadata?.labels, ...controllerLabels(job) };
  const owner = { apiVersion: "batch/v1", kind: "Job", name, uid, controller: true, blockOwnerDeletion: true };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${suffix(cluster.store.version)}`,
      generateName: `${name}-`,
      namespace,
      labels,
      ownerReferences: [owner],
    },
    spec: { restartPolicy: "Never", ...job.spec.template.spec, nodeName: "node-1" },
    status: pendingStatus(job.spec.template.spec),
  };
  return cluster.store.create("pods", pod, timeText(at)) as PodObject;
}

export function controllerLabels({ metadata }: JobObject): Readonly<Record<string, string>> {
  return {
    "batch.kubernetes.io/controller-uid": metadata.uid,
    "batch.kubernetes.io/job-name": metadata.name,
    "controller-uid": metadata.uid,
    "job-name": metadata.name,
  };
}

export function podsOfJob({ store }: Cluster, { metadata }: JobObject): PodObject[] {
  return store.controlledBy("pods", metadata.uid) as PodObject[];
}

export function removePods(cluster: Cluster, job: JobObject): void {
  for (const pod of podsOfJob(cluster, job)) {
    cluster.store.remove("pods", pod);
    cluster.logs.forget(pod.metadata.uid);
  }
}

function pendingStatus({ containers }: PodSpec) {
  const state = { waiting: { reason: "ContainerCreating" } };
  return {
    phase: "Pending",
    qosClass: "BestEffort",
    containerStatuses: containers.map((one) => status(one, state, false)),
  };
}

function status(container: { readonly name: string; readonly image?: string }, state: object, ready: boolean) {
  const { name, image = "busybox" } = container;
  return { name, image, imageID: "", ready, restartCount: 0, started: ready, state, lastState: {} };
}

export function runPod(cluster: Cluster, pod: PodObject, at: number): PodObject {
  if (pod.status["phase"] !== "Pending") return pod;
  const startedAt = timeText(at);
  const state = { running: { startedAt } };
  const containerStatuses = pod.spec.containers.map((one) => status(one, state, true));
  for (const { name } of pod.spec.containers) cluster.logs.write(pod.metadata.uid, name, opening(pod, name, startedAt));
  const running = { ...pod.status, phase: "Running", startTime: startedAt, podIP: "10.0.0.7", containerStatuses };
  return cluster.store.replace("pods", { ...pod, status: running }) as PodObject;
}

function opening({ metadata }: PodObject, container: string, at: string): string {
  return `${at} ${container} of ${metadata.name} begins\n${at} connecting to the warehouse\n`;
}

/** What ended it stands in the first container; the others went along. */
export function endPod(cluster: Cluster, pod: PodObject, end: End): PodObject {
  const going = runPod(cluster, pod, Date.parse(pod.metadata.creationTimestamp));
  const failed = end.outcome === "Failed";
  const statuses = going.spec.containers.map((container, at) => {
    const startedAt = (going.status["startTime"] as string | undefined) ?? timeText(end.at);
    const {
      exitCode = failed ? 1 : 0,
      signal,
      podReason = failed ? "Error" : "Completed",
      words,
    } = at === 0 ? end : { exitCode: 0, podReason: "Completed" };
    const said = { ...(words === undefined ? {} : { message: words }), ...(signal === undefined ? {} : { signal }) };
    const terminated = { exitCode, reason: podReason, startedAt, finishedAt: timeText(end.at), ...said };
    return status(container, { terminated }, false);
  });
  const last = failed ? `it failed: ${end.words ?? "no more is known"}` : "done";
  cluster.logs.write(going.metadata.uid, going.spec.containers[0]?.name ?? "main", `${timeText(end.at)} ${last}\n`);
  const phase = failed ? "Failed" : "Succeeded";
  const ended = { ...going.status, phase, containerStatuses: statuses };
  return cluster.store.replace("pods", { ...going, status: ended }) as PodObject;
}
