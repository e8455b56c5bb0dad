import type { RejectedRow } from "../../adapter/contract.ts";
import type { ForeignJob } from "../../model/foreign.ts";
import { applyJobs } from "../../store/sync/apply-jobs.ts";
import { NOW } from "../../store/sync/marks.ts";
import { askPages } from "../ask.ts";
import { refuseLongList } from "../long-list.ts";
import type { Pass } from "../pass.ts";

/** More than any tool schedules. */
const MOST_JOBS = 200_000;

/** Reads the whole list before it writes: what throws on the way leaves every job as it was. */
export async function sweepJobs(pass: Pass): Promise<void> {
  const { db, lease, remote, source, metrics, change, asking } = pass;
  const items: ForeignJob[] = [];
  const rejected: RejectedRow[] = [];
  let readAt: Date | null = null;
  for await (const page of askPages(asking, (signal) => remote.jobs(signal))) {
    readAt ??= page.readAt;
    items.push(...page.items);
    rejected.push(...page.rejected);
    refuseLongList(items.length + rejected.length, MOST_JOBS, "jobs");
  }
  // A list without a single page is no answer, so it proves nothing about any job.
  if (!readAt) return;
  const applied = await applyJobs(db, lease, { items, readAt, rejected });
  pass.changed += applied.written + applied.gone;
  metrics.sourceJobs.set({ source: source.name }, applied.known);
  metrics.sourceQuarantined.inc({ source: source.name, kind: "job" }, applied.quarantined);
  Object.assign(change, { jobs: applied.known, jobs_swept_at: NOW });
}
