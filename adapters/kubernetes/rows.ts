/**
 * The objects of the API as far as we read them. An object must name itself; everything else may be missing, of another
 * type or new, for no single odd field may cost us a row. What we do not read here never reaches us: above all the pod
 * template, whose environment holds secrets.
 */
import { z } from "zod";

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().int().nonnegative().nullish().catch(null);
const words = z.record(z.string(), z.string()).nullish().catch(null);

/** Elements that make no sense are left out, the others are kept. */
function listOf<T>(element: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .nullish()
    .catch(null)
    .transform((items) =>
      (items ?? []).flatMap((item) => {
        const parsed = element.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

const name = z
  .string()
  .min(1)
  .regex(/^\P{Surrogate}+$/u, "is no valid Unicode");

const owner = z.object({ kind: z.string(), name: z.string(), uid: text, controller: flag });

const metadata = z.object({
  name,
  namespace: name,
  uid: name,
  resourceVersion: text,
  generateName: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: words,
  annotations: words,
  ownerReferences: listOf(owner),
});

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
});

export const jobRow = z.object({
  metadata,
  spec: z
    .object({ suspend: flag, completions: count, activeDeadlineSeconds: count, managedBy: text })
    .nullish()
    .catch(null),
  status: z
    .object({
      conditions: listOf(condition),
      startTime: text,
      completionTime: text,
      active: count,
      ready: count,
      terminating: count,
      succeeded: count,
      failed: count,
      completedIndexes: text,
      failedIndexes: text,
    })
    .nullish()
    .catch(null),
});

export const cronJobRow = z.object({
  metadata,
  spec: z.object({
    schedule: z.string(),
    timeZone: text,
    suspend: flag,
    concurrencyPolicy: text,
    startingDeadlineSeconds: count,
  }),
  status: z
    .object({ lastScheduleTime: text, lastSuccessfulTime: text, active: listOf(z.object({ name: text })) })
    .nullish()
    .catch(null),
});

const ended = z.object({
  exitCode: z.number().nullish().catch(null),
  signal: z.number().nullish().catch(null),
  reason: text,
  message: text,
  startedAt: text,
  finishedAt: text,
});

const containerState = z
  .object({
    waiting: z.object({ reason: text, message: text }).nullish().catch(null),
    running: z.object({ startedAt: text }).nullish().catch(null),
    terminated: ended.nullish().catch(null),
  })
  .nullish()
  .catch(null);

const containerStatus = z.object({
  name: z.string(),
  restartCount: count,
  state: containerState,
  lastState: containerState,
});

export const podRow = z.object({
  metadata,
  spec: z
    .object({
      containers: listOf(z.object({ name: z.string() })),
      initContainers: listOf(z.object({ name: z.string(), restartPolicy: text })),
    })
    .nullish()
    .catch(null),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      startTime: text,
      conditions: listOf(condition),
      containerStatuses: listOf(containerStatus),
      initContainerStatuses: listOf(containerStatus),
    })
    .nullish()
    .catch(null),
});

export const eventRow = z.object({
  reason: text,
  message: text,
  type: text,
  involvedObject: z.object({ kind: text, namespace: text, name: text, uid: text }),
  lastTimestamp: text,
  eventTime: text,
});

/** Every list, whatever it lists. */
export const listBody = z.object({
  kind: z.string().endsWith("List"),
  metadata: z.object({ resourceVersion: text, continue: text }),
  // Go writes an empty list as null where it was never made.
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
});

/** How the API says no. */
export const statusBody = z.object({
  kind: z.literal("Status"),
  reason: text,
  message: text,
  code: z.number().nullish().catch(null),
  metadata: z.object({ continue: text }).nullish().catch(null),
});

export const watchLine = z.object({ type: z.string(), object: z.unknown() });

export const versionBody = z.object({ gitVersion: z.string().min(1), major: text, minor: text });

export const reviewBody = z.object({ status: z.object({ allowed: z.boolean(), reason: text }) });

export type JobRow = z.infer<typeof jobRow>;
export type CronJobRow = z.infer<typeof cronJobRow>;
export type PodRow = z.infer<typeof podRow>;
export type EventRow = z.infer<typeof eventRow>;
export type Condition = z.infer<typeof condition>;
export type ContainerEnd = z.infer<typeof ended>;
