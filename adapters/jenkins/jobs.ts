/** Every job, with its schedule. */
import type { Page } from "../../src/adapter/contract.ts";
import { readRows } from "../../src/adapter/rows.ts";
import type { Capability } from "../../src/model/capability.ts";
import type { ForeignJob } from "../../src/model/foreign.ts";
import type { Jenkins } from "./client.ts";
import { NO_TRIGGERS, type Triggers } from "./config-xml.ts";
import { type JobChunk, type ListedJob, listJobs } from "./listing.ts";
import { type JobRow, jobRow } from "./rows.ts";
import { toSchedule } from "./schedule.ts";
import { type Site, toJob } from "./translate.ts";
import { JOB } from "./trees.ts";
import type { TriggerReader } from "./triggers.ts";
import { inTurns } from "./turns.ts";

const JOBS_A_PAGE = 100;

interface Listing {
  readonly jenkins: Jenkins;
  readonly site: Site;
  readonly triggers: TriggerReader;
  readonly capabilities: readonly Capability[];
  readonly signal: AbortSignal;
}

export async function* listForeignJobs(listing: Listing): AsyncGenerator<Page<ForeignJob>> {
  const seen = new Set<string>();
  for await (const chunk of listJobs(listing.jenkins, { fields: JOB, perPage: JOBS_A_PAGE }, listing.signal)) {
    // A folder that moved under us is read again from its beginning.
    const fresh = chunk.jobs.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    yield await toPage(listing, { ...chunk, jobs: fresh });
  }
  listing.triggers.keepOnly(seen);
}

async function toPage(listing: Listing, { jobs, rejected, readAt }: JobChunk): Promise<Page<ForeignJob>> {
  const { jenkins, site, triggers, capabilities, signal } = listing;
  const { schedules, timezone = null } = jenkins.config;
  const found = await inTurns(jobs, async (job) => {
    const asked = schedules && mayHaveTriggers(job);
    return [job.id, asked ? await triggers.read(job.id, signal) : NO_TRIGGERS] as const;
  });
  const byId = new Map<string, Triggers | null>(found);
  const pages = jobs.map((job) =>
    readRows([job.row], readAt, {
      kind: "job",
      schema: jobRow,
      idField: "name",
      translate(row: JobRow) {
        const facts = {
          branch: job.branch,
          capabilities,
          ...toSchedule(byId.get(job.id) ?? null, job.id, timezone, readAt),
        };
        return toJob(job.id, row, site, facts);
      },
    }),
  );
  return {
    items: pages.flatMap(({ items }) => items),
    rejected: [...rejected, ...pages.flatMap((page) => page.rejected)],
    readAt,
  };
}

const TRIGGERS_OF_PIPELINES = "org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty";

/** A pipeline tells by its properties whether it has triggers at all; every other job only in its file. */
export function mayHaveTriggers({ row }: Pick<ListedJob, "row">): boolean {
  const { _class, property } = jobRow.safeParse(row).data ?? {};
  const told = _class?.endsWith("WorkflowJob") === true && property !== undefined;
  return !told || property.some(({ _class: kind }) => kind === TRIGGERS_OF_PIPELINES);
}
