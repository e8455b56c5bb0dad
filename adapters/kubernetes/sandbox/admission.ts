/** What the API makes of a Job that somebody sends: defaults, and what it refuses. */
import { randomUUID } from "node:crypto";
import type { Cluster } from "./cluster.ts";
import { type JobObject, type Plain, timeText } from "./objects.ts";
import { controllerLabels } from "./pods.ts";
import { alreadyExists, type InvalidField, invalid, notFound, Refusal } from "./refusal.ts";

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const SPEC_FIELDS = new Set(
  (
    "activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy manualSelector " +
    "maxFailedIndexes parallelism podFailurePolicy podReplacementPolicy selector successPolicy suspend template " +
    "ttlSecondsAfterFinished"
  ).split(" "),
);

export interface Sent {
  readonly metadata?: Plain & { readonly name?: string; readonly generateName?: string };
  readonly spec?: JobObject["spec"];
}

export interface CreateOptions {
  readonly namespace: string;
  readonly strict: boolean;
  readonly dryRun: boolean;
}

export function createJob(cluster: Cluster, sent: Sent, { namespace, strict, dryRun }: CreateOptions): JobObject {
  if (!cluster.store.get("namespaces", "", namespace)) throw notFound("namespaces", "", namespace);
  const unknown = Object.keys(sent.spec ?? {}).find((field) => !SPEC_FIELDS.has(field));
  if (strict && unknown) {
    const message = `Job in version "v1" cannot be handled as a Job: strict decoding error: unknown field "spec.${unknown}"`;
    throw new Refusal(400, "BadRequest", message);
  }
  const { generateName } = sent.metadata ?? {};
  const name = sent.metadata?.name ?? (generateName ? `${generateName}${randomUUID().slice(0, 5)}` : "");
  const mistakes = mistakesOf(name, sent);
  if (mistakes.length > 0) throw invalid("Job", "batch", name, mistakes);
  if (cluster.store.get("jobs", namespace, name)) throw alreadyExists("jobs", "batch", name);
  const uid = randomUUID();
  const job = completed(sent, { name, namespace, uid, generation: 1 });
  const created = timeText(cluster.now());
  if (dryRun) return { ...job, metadata: { ...job.metadata, creationTimestamp: created } };
  return cluster.store.create("jobs", job, created) as JobObject;
}

function mistakesOf(name: string, { spec }: Sent): InvalidField[] {
  const mistakes: InvalidField[] = [];
  const wrong = (field: string, message: string) => mistakes.push({ field, message });
  if (!NAME.test(name))
    wrong(
      "metadata.name",
      `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`,
    );
  if (name.length > 63) wrong("metadata.name", `Invalid value: "${name}": must be no more than 63 characters`);
  const pod = spec?.template?.spec;
  if (!pod || pod.containers.length === 0) wrong("spec.template.spec.containers", "Required value");
  if (!["Never", "OnFailure"].includes(pod?.restartPolicy ?? ""))
    wrong("spec.template.spec.restartPolicy", 'Required value: valid values: "OnFailure", "Never"');
  if (spec?.["selector"] && !spec["manualSelector"])
    wrong("spec.selector", "field is immutable when manualSelector is not set");
  const labels = spec?.template?.metadata?.labels ?? {};
  if ("controller-uid" in labels || "batch.kubernetes.io/controller-uid" in labels)
    wrong("spec.template.metadata.labels", "Invalid value: must be set by the system: controller-uid");
  return mistakes;
}

interface Named {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
}

/** As the server hands it back: with everything it filled in. */
export function completed(sent: Sent, named: Named): JobObject {
  const metadata = { ...sent.metadata, ...named } as unknown as JobObject["metadata"];
  const labels = controllerLabels({ metadata } as JobObject);
  const { template, ...spec } = sent.spec as JobObject["spec"];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, labels: { ...metadata.labels } },
    spec: {
      parallelism: 1,
      completions: 1,
      completionMode: "NonIndexed",
      backoffLimit: 6,
      suspend: false,
      podReplacementPolicy: "TerminatingOrFailed",
      manualSelector: false,
      ...spec,
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": named.uid } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
        spec: {
          dnsPolicy: "ClusterFirst",
          schedulerName: "default-scheduler",
          terminationGracePeriodSeconds: 30,
          ...template.spec,
        },
      },
    },
    status: {},
  };
}
