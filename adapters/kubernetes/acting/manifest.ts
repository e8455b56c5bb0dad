/**
 * The Job that a start or a retry creates.
 *
 * The API refuses a second Job of the same name only as long as the first one is there. So it is kept for days, whatever
 * its template says, and its owner does not count it among its own: the history limits would take it away after three
 * more successes, and a start that is in doubt would find nothing and begin it twice.
 */
import type { Json } from "../../../src/model/json.ts";
import type { KubernetesConfig, Template } from "../config.ts";
import { INSTANTIATED } from "../identity.ts";
import { CANCELLED, DEADLINE_WAS, JOB, KEY, labelOf, NOTE, PARAMETERS, RETRY_OF, STARTED } from "../ours.ts";
import { type EnvVariable, withEnvironment } from "./parameters.ts";

export interface JobManifest {
  readonly apiVersion: "batch/v1";
  readonly kind: "Job";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly object[];
  };
  readonly spec: Spec;
}

export type Spec = Readonly<Record<string, unknown>>;
type Words = Readonly<Record<string, string>>;

export interface Order {
  readonly jobId: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly note: string | null;
  readonly parameters: Json;
  readonly variables: readonly EnvVariable[];
  readonly keepSeconds: number;
}

/** The raw object: what we do not read of it must be copied all the same. */
export interface RawCronJob {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly jobTemplate?: { readonly metadata?: RawMetadata; readonly spec?: Spec } };
}

interface RawMetadata {
  readonly labels?: Words | null;
  readonly annotations?: Words | null;
}

/** As `kubectl create job --from` does it, with our marks and without a controller. */
export function fromCronJob(
  cronJob: RawCronJob,
  order: Order,
  owner: KubernetesConfig["started"]["owner"],
): JobManifest {
  const { metadata = {}, spec = {} } = cronJob.spec.jobTemplate ?? {};
  const annotations = { ...metadata.annotations, [INSTANTIATED]: "manual" };
  const reference = { apiVersion: "batch/v1", kind: "CronJob", name: cronJob.metadata.name, uid: cronJob.metadata.uid };
  // Without `blockOwnerDeletion`, which would take a right on the CronJob's finalizers.
  const owners = { loose: [reference], controlled: [{ ...reference, controller: true }], none: [] }[owner];
  return assemble(order, { labels: metadata.labels ?? {}, annotations, owners, spec });
}

/** What an owner does not say is said for them: one attempt, and never two pods at once. */
export function fromTemplate(template: Template, order: Order): JobManifest {
  const pod = template.spec.template;
  const spec = {
    backoffLimit: 0,
    podReplacementPolicy: "Failed",
    ...template.spec,
    template: { ...pod, spec: { restartPolicy: "Never", ...pod.spec } },
  };
  return assemble(order, { labels: template.labels, annotations: {}, owners: [], spec });
}

export interface RawJob {
  readonly metadata: RawMetadata & { readonly name: string; readonly ownerReferences?: readonly RawOwner[] | null };
  readonly spec: Spec;
}

interface RawOwner {
  readonly kind: string;
  readonly controller?: boolean;
}

const CONTROLLER_LABELS = [
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "job-name",
  "batch.kubernetes.io/job-name",
];
const OURS = [KEY, JOB, NOTE, PARAMETERS, RETRY_OF, CANCELLED, DEADLINE_WAS];

/** The old Job's spec, without what its controller wrote into it: left in, the API refuses it. */
export function fromJob(job: RawJob, order: Order, runId: string): JobManifest {
  const was = job.metadata.annotations ?? {};
  const annotations = { ...without(was, OURS), [RETRY_OF]: runId };
  // The references stay, but nobody is made to control what they did not begin.
  const owners = (job.metadata.ownerReferences ?? [])
    .filter(({ kind }) => kind === "CronJob")
    .map((owner) => without(owner, ["controller", "blockOwnerDeletion"]));
  const labels = without(job.metadata.labels ?? {}, CONTROLLER_LABELS);
  return assemble(order, { labels, annotations, owners, spec: freshSpec(job.spec, was) });
}

function freshSpec(spec: Spec, was: Words): Spec {
  const { activeDeadlineSeconds: now, ...rest } = without(spec, ["selector", "manualSelector", "suspend", "managedBy"]);
  const deadline = was[CANCELLED] === undefined ? now : readNumber(was[DEADLINE_WAS]);
  const template = spec["template"] as { readonly metadata?: RawMetadata } | undefined;
  const labels = without(template?.metadata?.labels ?? {}, CONTROLLER_LABELS);
  return {
    ...rest,
    ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
    template: { ...template, metadata: { ...template?.metadata, labels } },
  };
}

function readNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return text && Number.isInteger(number) ? number : undefined;
}

interface Material {
  readonly labels: Words;
  readonly annotations: Words;
  readonly owners: readonly object[];
  readonly spec: Spec;
}

function assemble(order: Order, { labels, annotations, owners, spec }: Material): JobManifest {
  const { jobId, namespace, name, key, note, parameters } = order;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      namespace,
      labels: { ...labels, [STARTED]: labelOf(key) },
      annotations: {
        ...annotations,
        [KEY]: key,
        [JOB]: jobId,
        ...(note === null ? {} : { [NOTE]: note }),
        ...(parameters === null ? {} : { [PARAMETERS]: JSON.stringify(parameters) }),
      },
      ...(owners.length === 0 ? {} : { ownerReferences: owners }),
    },
    spec: withVariables(kept(spec, order.keepSeconds), order.variables),
  };
}

/** No time to live means kept for ever, which protects the key best, and is for the owner to say. */
function kept(spec: Spec, keepSeconds: number): Spec {
  const own = spec["ttlSecondsAfterFinished"];
  return { ...spec, ttlSecondsAfterFinished: Math.max(keepSeconds, typeof own === "number" ? own : 0) };
}

function withVariables(spec: Spec, variables: readonly EnvVariable[]): Spec {
  const template = spec["template"] as { readonly spec?: { readonly containers?: readonly unknown[] } } | undefined;
  if (variables.length === 0 || !template?.spec) return spec;
  const containers = withEnvironment(template.spec.containers ?? [], variables);
  return { ...spec, template: { ...template, spec: { ...template.spec, containers } } };
}

function without(words: object, names: readonly string[]): Record<string, never> {
  return Object.fromEntries(Object.entries(words).filter(([name]) => !names.includes(name))) as Record<string, never>;
}
