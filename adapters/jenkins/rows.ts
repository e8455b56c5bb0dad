/**
 * The bodies Jenkins answers with, as far as we read them. A row must name itself; everything else may be missing or
 * new: when a plugin's exporter throws, Jenkins drops that element, or leaves `{}` in its place, and goes on.
 */
import { z } from "zod";
import type { Json } from "../../src/model/json.ts";

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().finite().nullish().catch(null);
/** Half a surrogate pair can stand in JSON, but neither in a URL nor in a database. */
const name = z
  .string()
  .min(1)
  .regex(/^\P{Surrogate}+$/u, "is no valid Unicode");
const number = z.number().int().nonnegative();

function listOf<T extends z.ZodType>(row: T) {
  return z
    .array(z.unknown())
    .catch([])
    .default([])
    .transform((rows) =>
      rows.flatMap((one) => {
        const read = row.safeParse(one);
        return read.success ? [read.data] : [];
      }),
    );
}

const executable = z.object({ _class: text, number, url: text }).nullish().catch(null);

const parameter = z.object({ _class: text, name: z.string().min(1), value: z.custom<Json>().optional() });

const cause = z.object({
  _class: text,
  shortDescription: text,
  userId: text,
  userName: text,
  upstreamProject: text,
  upstreamBuild: count,
});

const action = z.object({
  _class: text,
  queuingDurationMillis: count,
  parameters: listOf(parameter),
  causes: listOf(cause),
});

const definition = z.object({
  _class: text,
  name: z.string().min(1),
  type: text,
  description: text,
  choices: z.array(z.string()).nullish().catch(null),
  defaultParameterValue: z.object({ value: z.custom<Json>().optional() }).nullish().catch(null),
});

const definitions = listOf(z.object({ _class: text, parameterDefinitions: listOf(definition) }));

const neighbours = listOf(z.object({ name: text, fullName: text, url: text }));

export const buildRow = z.object({
  _class: text,
  number,
  queueId: count,
  timestamp: count,
  duration: count,
  building: flag,
  inProgress: flag,
  result: text,
  actions: listOf(action),
});

/** Any item of a list of items; a container has `jobs`, a job has a `nextBuildNumber`, and some have neither. */
export const itemRow = z.object({
  _class: text,
  name,
  jobs: z.array(z.unknown()).optional(),
  nextBuildNumber: z.number().int().optional(),
});

export const jobRow = z.object({
  _class: text,
  name,
  displayName: text,
  description: text,
  buildable: flag,
  disabled: flag,
  nextBuildNumber: count,
  property: definitions,
  actions: definitions,
});

export const numbersRow = z.object({
  nextBuildNumber: number,
  lastBuild: z
    .object({ number, timestamp: count, duration: count, building: flag, result: text })
    .nullish()
    .catch(null),
});

export const linksRow = z.object({
  _class: text,
  upstreamProjects: neighbours,
  downstreamProjects: neighbours,
  property: definitions,
});

export const queueRow = z.object({
  _class: text,
  id: number,
  inQueueSince: count,
  why: text,
  cancelled: flag,
  pending: flag,
  buildable: flag,
  blocked: flag,
  task: z.object({ _class: text, name: text, url: text }).nullish().catch(null),
  executable,
  actions: listOf(action),
});

export const jobsBody = z.object({ jobs: z.array(z.unknown()) });
export const queueBody = z.object({ items: z.array(z.unknown()) });
export const buildsBody = z.object({ nextBuildNumber: count, builds: z.array(z.unknown()).default([]) });

const executors = listOf(z.object({ currentExecutable: executable }));
export const computerBody = z.object({
  computer: z.array(z.object({ executors, oneOffExecutors: executors }).catch({ executors: [], oneOffExecutors: [] })),
});

export const rootBody = z.object({ quietingDown: flag });
export const whoAmIBody = z.object({ name: text, anonymous: flag });

export const outputsBody = z.object({
  description: text,
  displayName: text,
  artifacts: listOf(z.object({ fileName: text, relativePath: z.string().min(1) })),
});

const stage = z.object({
  id: z.coerce.string().min(1),
  name: text,
  status: text,
  startTimeMillis: count,
  durationMillis: count,
});
export const stagesBody = z.object({ stages: listOf(stage) });

export const pendingInputsBody = z.array(z.unknown());
export const pendingInputRow = z.object({ id: z.string().min(1), message: text, proceedText: text });

export const matrixBody = z.object({ runs: listOf(buildRow.extend({ url: text })) });

export const crumbBody = z.object({ crumb: z.string().min(1), crumbRequestField: z.string().min(1) });

export type BuildRow = z.infer<typeof buildRow>;
export type JobRow = z.infer<typeof jobRow>;
export type QueueRow = z.infer<typeof queueRow>;
export type ActionRow = z.infer<typeof action>;
export type CauseRow = z.infer<typeof cause>;
export type ParameterRow = z.infer<typeof parameter>;
export type ParameterDefinition = z.infer<typeof definition>;
export type StageRow = z.infer<typeof stage>;
