/** One page of runs into the mirror: drop what cannot be stored, find what is new, plan, write. The hot path. */
import type { ForeignRun } from "../../model/foreign.ts";
import { announceChanges } from "../changes.ts";
import type { Db } from "../db.ts";
import { aroundPoison } from "./around-poison.ts";
import { type Lease, underLease } from "./lease.ts";
import { findNews } from "./news.ts";
import { endedBy, planRuns, type RunPlan } from "./plan-runs.ts";
import { runArrays } from "./run-columns.ts";
import { quarantine, type Rejection } from "./quarantine.ts";
import { storableRun } from "./storable.ts";
import { Outrun, type RunStatement, toStatement, writeRuns } from "./write-runs.ts";

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
  const chunks = inChunks(runs, ROWS_A_STATEMENT);
  let ahead = draftAhead(db, lease, chunks[0], page.readAt);
  for (const [at, chunk] of chunks.entries()) {
    const drafted = ahead;
    // While this chunk is written the next is looked up and planned, on another connection: no run is in two of them.
    ahead = draftAhead(db, lease, chunks[at + 1], page.readAt);
    await aroundPoison(
      chunk,
      (some) => applySome(db, lease, some, page.readAt, applied, some === chunk ? drafted : undefined),
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

function inChunks<T>(items: readonly T[], size: number): (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}

interface Draft {
  readonly plan: RunPlan;
  readonly statement: RunStatement;
  readonly unchanged: number;
}

async function draft(db: Db, { sourceId }: Lease, runs: readonly ForeignRun[], readAt: Date): Promise<Draft> {
  const arrays = runArrays(runs);
  const news = await findNews(db, sourceId, runs, arrays);
  const plan = planRuns(news, readAt);
  // Where all of it is written, what was sent to look it up is sent once more as it is.
  const same = plan.writes.length === runs.length ? arrays : undefined;
  return { plan, statement: toStatement(sourceId, plan, readAt, same), unchanged: runs.length - news.length };
}

/** Begun now, awaited later. When nobody comes to await it, because a write before it failed, its failure is no news. */
function draftAhead(
  db: Db,
  lease: Lease,
  runs: readonly ForeignRun[] | undefined,
  readAt: Date,
): Promise<Draft> | undefined {
  const drafted = runs && draft(db, lease, runs, readAt);
  drafted?.catch(() => undefined);
  return drafted;
}

async function applySome(
  db: Db,
  lease: Lease,
  runs: readonly ForeignRun[],
  readAt: Date,
  applied: RunsApplied,
  drafted?: Promise<Draft>,
): Promise<void> {
  for (let look = 1; ; look += 1) {
    const { plan, statement, unchanged } = await (look === 1 && drafted ? drafted : draft(db, lease, runs, readAt));
    try {
      if (plan.writes.length > 0) {
        await underLease(db, lease, async (trx) => {
          const ids = await writeRuns(trx, statement);
          await announceChanges(trx, [{ sourceId: lease.sourceId, runs: ids }]);
        });
      }
    } catch (error) {
      if (error instanceof Outrun && look < LOOKS) continue;
      throw error;
    }
    for (const write of plan.writes) applied[write.verdict] += 1;
    applied.outdated += plan.outdated;
    applied.unchanged += unchanged;
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
