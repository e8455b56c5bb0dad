import type { ForeignRun, ForeignRunRef } from "../../model/foreign.ts";
import { NOW } from "../../store/sync/marks.ts";
import { markRunsGone, type OpenRun, openRunsOf } from "../../store/sync/open-runs.ts";
import { askPages } from "../ask.ts";
import { keep } from "../keep.ts";
import { observeRuns, observeSome, RUNS_A_QUESTION } from "../observe-runs.ts";
import type { Pass } from "../pass.ts";

/** Compares what we hold as open with what is: ended unseen, or vanished? */
export async function sweepOpen(pass: Pass): Promise<void> {
  const { db, lease, remote, change, asking } = pass;
  // Read first: what opens while we look is then no candidate.
  const held = await openRunsOf(db, lease.sourceId);
  const open = new Set<string>();
  for await (const page of askPages(asking, (signal) => remote.open(signal))) {
    for (const run of page.items) for (const key of keysOf(run)) open.add(key);
    await keep(pass, page);
  }
  await lookAfter(
    pass,
    held.filter((run) => !open.has(keyOf(run))),
  );
  change.open_swept_at = NOW;
}

/** Asks for runs by name. Those that the remote surely no longer knows are marked as gone. */
async function lookAfter(pass: Pass, runs: readonly OpenRun[]): Promise<void> {
  for (let from = 0; from < runs.length; from += RUNS_A_QUESTION) {
    const some = runs.slice(from, from + RUNS_A_QUESTION);
    const page = await observeSome(pass, some);
    const known = new Set(page.items.flatMap(keysOf));
    const vanished = some.filter((run) => !known.has(keyOf(run)));
    // A row that could not be read may be any of them, so then none is called gone.
    if (page.rejected.length === 0) pass.changed += await markRunsGone(pass.db, pass.lease, vanished, page.readAt);
  }
}

/** The runs somebody waits for, asked for by name so that their end is known at once. */
export async function observeHot(pass: Pass): Promise<void> {
  await observeRuns(pass, pass.hotRuns?.() ?? []);
}

/** A run that was renamed since we looked is held under the name it had. */
function keysOf(run: ForeignRun): string[] {
  return [keyOf(run), ...(run.formerly === null ? [] : [keyOf({ jobId: run.jobId, runId: run.formerly })])];
}

function keyOf({ jobId, runId }: ForeignRunRef): string {
  return `${jobId}\0${runId}`;
}
