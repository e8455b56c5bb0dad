import { sql } from "kysely";
import { applyRuns } from "../../store/sync/apply-runs.ts";
import { NOW, writeMarks } from "../../store/sync/marks.ts";
import { askPages } from "../ask.ts";
import { nextSlice, type Window } from "../backfill.ts";
import { type Pass, remoteNow } from "../pass.ts";

/** How long one pass may look back, so that the present is not kept waiting by the past. */
const BUDGET_MS = 5_000;

/** Reads history newest first, a slice at a time. Each slice is marked when it is kept; a crash goes on from there. */
export async function lookBack(pass: Pass): Promise<void> {
  const { marks, settings, clock, db, lease } = pass;
  if (marks.backfillDoneAt) return;
  const start = remoteNow(pass);
  const from = marks.backfillFrom ?? new Date(start.getTime() - settings.lookBackMs);
  const begun = clock.monotonicMs();
  let reached = marks.backfillReached ?? start;
  if (!marks.backfillFrom) await writeMarks(db, lease, { backfill_from: from, backfill_reached: reached });
  for (let slice = nextSlice(from, reached); slice; slice = nextSlice(from, reached)) {
    await readSlice(pass, slice);
    reached = slice.from;
    if (clock.monotonicMs() - begun > BUDGET_MS) break;
  }
  if (nextSlice(from, reached)) pass.catchingUp = true;
  else await writeMarks(db, lease, { backfill_done_at: NOW });
}

/** Not counted as started or finished: these runs are news to us and to nobody else. */
async function readSlice(pass: Pass, slice: Window): Promise<void> {
  const { db, lease, remote, source, metrics, asking } = pass;
  let runs = 0;
  for await (const page of askPages(asking, (signal) => remote.history(slice, signal))) {
    const applied = await applyRuns(db, lease, page);
    runs += applied.created;
    metrics.sourceQuarantined.inc({ source: source.name, kind: "run" }, applied.quarantined);
  }
  await writeMarks(db, lease, { backfill_reached: slice.from, backfill_runs: sql<number>`backfill_runs + ${runs}` });
}
