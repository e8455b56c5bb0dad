/** Which jobs build which: freestyle jobs tell it themselves, pipelines in their triggers. */
import type { Page } from "../../src/adapter/contract.ts";
import type { ForeignLink } from "../../src/model/foreign.ts";
import type { Jenkins } from "./client.ts";
import { type ListedJob, listJobs } from "./listing.ts";
import { mayHaveTriggers } from "./jobs.ts";
import { jobOfUrl } from "./names.ts";
import { linksRow } from "./rows.ts";
import { LINKS } from "./trees.ts";
import type { TriggerReader } from "./triggers.ts";
import { inTurns } from "./turns.ts";

const JOBS_A_PAGE = 200;

export async function* listLinks(
  jenkins: Jenkins,
  triggers: TriggerReader,
  signal: AbortSignal,
): AsyncGenerator<Page<ForeignLink>> {
  // The same edge is told at both of its ends, and by its trigger as well.
  const told = new Set<string>();
  for await (const { jobs, rejected, readAt } of listJobs(jenkins, { fields: LINKS, perPage: JOBS_A_PAGE }, signal)) {
    const links = (await inTurns(jobs, (job) => linksOf(jenkins, triggers, job, signal))).flat();
    const fresh = links.filter(({ upstream, downstream }) => {
      const edge = JSON.stringify([upstream, downstream]);
      return !told.has(edge) && told.add(edge);
    });
    yield { items: fresh, rejected, readAt };
  }
}

type Neighbour = ReturnType<typeof linksRow.parse>["upstreamProjects"][number];

function nameOf({ fullName, url, name }: Neighbour): string[] {
  const told = fullName || jobOfUrl(url) || name;
  return told ? [told] : [];
}

type JobLink = Extract<ForeignLink, { kind: "job" }>;

async function linksOf(
  jenkins: Jenkins,
  triggers: TriggerReader,
  job: ListedJob,
  signal: AbortSignal,
): Promise<JobLink[]> {
  const { upstreamProjects = [], downstreamProjects = [] } = linksRow.safeParse(job.row).data ?? {};
  const asked = jenkins.config.schedules && mayHaveTriggers(job);
  const told = asked ? ((await triggers.read(job.id, signal))?.upstream ?? []) : [];
  return [
    ...upstreamProjects.flatMap(nameOf).map((upstream) => link(upstream, job.id)),
    ...downstreamProjects.flatMap(nameOf).map((downstream) => link(job.id, downstream)),
    ...told.map((upstream) => link(absolute(upstream, job.id), job.id)),
  ];
}

function link(upstream: string, downstream: string): JobLink {
  return { kind: "job", upstream, downstream };
}

/** A trigger names jobs as one would from its own folder: `extract`, `../raw/extract`, `/raw/extract`. */
export function absolute(name: string, from: string): string {
  if (name.startsWith("/")) return name.slice(1);
  const path = from.split("/").slice(0, -1);
  for (const part of name.split("/")) {
    if (part === "..") path.pop();
    else if (part !== ".") path.push(part);
  }
  return path.join("/");
}
