/** Every job there is: CronJobs, the templates of the settings, and whatever else the Jobs belong to. */
import type { Page } from "../../src/adapter/contract.ts";
import { isFault, type RemoteError } from "../../src/adapter/remote-error.ts";
import type { ForeignJob } from "../../src/model/foreign.ts";
import { jobIdOf, readJobId } from "./identity.ts";
import { jobObjects, readObjects } from "./pages.ts";
import { everyChunk } from "./reading.ts";
import { cronJobRow, eventRow } from "./rows.ts";
import type { Talk } from "./session.ts";
import { toCronJob, toGroupJob, toTemplateJob } from "./translate.ts";

export async function* jobs(talk: Talk): AsyncGenerator<Page<ForeignJob>> {
  const warnings = await collectWarnings(talk);
  let readAt: Date | null = null;
  let refusal: RemoteError | null = null;
  const { labelSelector } = talk.config;
  const cronJobs = everyChunk(talk, "cronjobs", { query: { labelSelector } });
  try {
    for await (const chunk of cronJobs) {
      readAt ??= chunk.readAt;
      const page = readObjects(chunk, cronJobRow, "job");
      const items = page.items.map((cronJob) => {
        const { namespace, name } = cronJob.metadata;
        return toCronJob(cronJob, talk.reading, chunk.readAt, warnings.get(`${namespace}/${name}`) ?? null);
      });
      yield { ...page, items };
    }
  } catch (error) {
    if (!isFault(error, "refused", "missing") || talk.config.namespaces === undefined) throw error;
    refusal = error;
  }
  yield* otherJobs(talk);
  if (readAt) yield { items: talk.config.templates.map(toTemplateJob), rejected: [], readAt };
  // Not a complete list: nothing may be called gone that it lacks.
  if (refusal) throw refusal;
}

async function* otherJobs(talk: Talk): AsyncGenerator<Page<ForeignJob>> {
  const told = new Set<string>();
  for await (const chunk of everyChunk(talk, "jobs", { query: { labelSelector: talk.config.labelSelector } })) {
    const page = jobObjects(chunk);
    const ids = page.items.map(({ metadata }) => jobIdOf(metadata, talk.reading.groupBy));
    const fresh = [...new Set(ids)].filter((id) => !told.has(id) && readJobId(id)?.kind === "other");
    for (const id of fresh) told.add(id);
    // What is wrong with a Job is told with the runs.
    yield { items: fresh.flatMap((id) => toGroupJob(id) ?? []), rejected: [], readAt: page.readAt };
  }
}

/** Events that say why a CronJob does not run. They live for an hour. */
const TELLING = new Set([
  "FailedCreate",
  "UnknownTimeZone",
  "UnparseableSchedule",
  "InvalidSchedule",
  "TooManyMissedTimes",
]);
const MOST_EVENTS = 5_000;

/** Quotas and webhooks refuse pods and Jobs in events alone; without the right to see them we do without. */
async function collectWarnings(talk: Talk): Promise<ReadonlyMap<string, string>> {
  const warnings = new Map<string, string>();
  const query = { fieldSelector: "involvedObject.kind=CronJob,type=Warning" };
  let read = 0;
  try {
    for await (const { rows } of everyChunk(talk, "events", { query })) {
      for (const row of rows) {
        const event = eventRow.safeParse(row).data;
        if (!event?.reason || !TELLING.has(event.reason)) continue;
        const { namespace, name } = event.involvedObject;
        warnings.set(`${namespace}/${name}`, `${event.reason}: ${event.message ?? ""}`.slice(0, 300));
      }
      read += rows.length;
      if (read >= MOST_EVENTS) break;
    }
  } catch (error) {
    if (!isFault(error, "refused", "missing") || error.status === 401) throw error;
  }
  return warnings;
}
