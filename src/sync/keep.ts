/** One page of runs into the store, and into the metrics what it told. */
import type { Page } from "../adapter/contract.ts";
import type { ForeignRun } from "../model/foreign.ts";
import { applyRuns } from "../store/sync/apply-runs.ts";
import type { Pass } from "./pass.ts";

export type Keeper = Pick<Pass, "db" | "lease" | "source" | "metrics"> & { changed: number };

export async function keep(pass: Keeper, page: Page<ForeignRun>): Promise<void> {
  const { db, lease, source, metrics } = pass;
  const applied = await applyRuns(db, lease, page);
  const news = applied.created + applied.changed + applied.reopened;
  pass.changed += news;
  metrics.runsStarted.inc({ source: source.name }, applied.created + applied.reopened);
  metrics.sourceQuarantined.inc({ source: source.name, kind: "run" }, applied.quarantined);
  for (const run of applied.ended) countEnd(pass, run, page.readAt);
}

function countEnd({ source, metrics }: Keeper, run: ForeignRun, readAt: Date): void {
  const label = { source: source.name };
  metrics.runsFinished.inc({ ...label, outcome: run.state });
  if (!run.endedAt) return;
  metrics.runObservationLag.observe(label, Math.max(0, readAt.getTime() - run.endedAt.getTime()) / 1_000);
  if (run.startedAt) metrics.runDuration.observe(label, (run.endedAt.getTime() - run.startedAt.getTime()) / 1_000);
}
