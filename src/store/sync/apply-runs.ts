/** One page of runs into the mirror: drop what cannot be stored, find what is new, plan, write. The hot path. */
import type { ForeignRun } from "../../model/foreign.ts";
import { announceChanges } from "../changes.ts";
import type { Db } from "../db.ts";
import { aroundPoison } from "./around-poison.ts";
import { type Lease, underLease } from "./lease.ts";
import { findNews } from "./news.ts";
import { endedBy, planRuns } from "./plan-runs.ts";
import { quarantine, type Rejection } from "./quarantine.ts";
import { renameRuns } from "./rename-runs.ts";
import { storableRun } from "./storable.ts";
import { Outrun, writeRuns } from "./write-runs.ts";

export interface RunPage {
  readonly items: readonly ForeignRun[];
  /** The remote's clock when it answered. */
  readonly readAt: Date;
  readonly rejected?: readonly Rejection[];
}

export interface RunsApplied {
  created: number;
  changed: number;
  reopened: number;
  /** Read before what we know was read. */
  outdated: number;
  unchanged: number;
  quarantined: number;
  /** The runs that came to an end in this page. */
  readonly ended: ForeignRun[];
}

/** Larger pages gain nothing (a statement of 5,000 is slower than five of 1,000) and hold the source's row for longer. */
const ROWS_A_STATEMENT = 1_000;
const LOOKS = 5;

/** Applies a page whole but for its poison. A page that holds nothing new writes nothing, not so much as a lock. */
export async function applyRuns(db: Db, lease: Lease, page: RunPage): Promise<RunsApplied> {
  const applied = nothingApplied();
  const { runs, rejections } = sift(page);
  for (let from = 0; from < runs.length; from += ROWS_A_STATEMENT) {
    await aroundPoison(
      runs.slice(from, from + ROWS_A_STATEMENT),
      (some) => applySome(db, lease, some, page.readAt, applied),
      (run, reason) => rejections.push(rejectionOf(run, reason)),
    );
  }
  if (rejections.length > 0) await underLease(db, lease, (trx) => quarantine(trx, lease.sourceId, rejections));
  applied.quarantined = rejections.length;
  return applied;
}

/** The storable runs, each once: a page that shifted while it was read may repeat one, and the later word counts. */
function sift(page: RunPage): { runs: ForeignRun[]; rejections: Rejection[] } {
  const rejections = [...(page.rejected ?? [])];
  const runs = new Map<string, ForeignRun>();
  for (const run of page.items) {
    const { row, flaw } = storableRun(run);
    if (flaw !== null) rejections.push(rejectionOf(run, flaw));
    if (row) runs.set(`${row.jobId}\0${row.runId}`, row);
  }
  return { runs: [...runs.values()], rejections };
}

async function applySome(
  db: Db,
  lease: Lease,
  runs: readonly ForeignRun[],
  readAt: Date,
  applied: RunsApplied,
): Promise<void> {
  const { sourceId } = lease;
  await renameRuns(db, lease, runs);
  for (let look = 1; ; look += 1) {
    const news = await findNews(db, sourceId, runs);
    const plan = planRuns(news, readAt);
    try {
      if (plan.writes.length > 0) {
        await underLease(db, lease, async (trx) => {
          const ids = await writeRuns(trx, sourceId, plan, readAt);
          await announceChanges(trx, [{ sourceId, runs: ids }]);
        });
      }
    } catch (error) {
      if (error instanceof Outrun && look < LOOKS) continue;
      throw error;
    }
    for (const write of plan.writes) applied[write.verdict] += 1;
    applied.outdated += plan.outdated;
    applied.unchanged += runs.length - news.length;
    applied.ended.push(...endedBy(plan));
    return;
  }
}

function rejectionOf(run: ForeignRun, reason: string): Rejection {
  return { kind: "run", id: `${run.jobId}/${run.runId}`, reason, sample: run };
}

function nothingApplied(): RunsApplied {
  return { created: 0, changed: 0, reopened: 0, outdated: 0, unchanged: 0, quarantined: 0, ended: [] };
}
