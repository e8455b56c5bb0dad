/** The chores of a night: each is claimed, done a piece at a time, and settled. One that fails keeps no other from its turn. */
import type { Clock } from "../lib/clock.ts";
import { claimChore, settleChore } from "../store/chore-claims.ts";
import type { Db } from "../store/db.ts";
import { prune, PRUNED_NAMES, type PrunedName } from "../store/prune.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export interface ChoreDeps {
  readonly store: { readonly db: Db };
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "choreRows" | "choreDone" | "choreFailures">;
  /** Unlike that of any other replica that ever ran. */
  readonly owner: string;
}

export interface ChoreReport {
  readonly name: PrunedName;
  readonly rows: number;
  /** Nothing is left of it until the next night. */
  readonly done: boolean;
}

/** Well within its claim; what is left goes on with the next asking. */
const BUDGET_MS = 5 * 60_000;

/** Answers with what this replica did; the others' chores are not in it. */
export async function doChores(deps: ChoreDeps, signal: AbortSignal): Promise<ChoreReport[]> {
  const reports: ChoreReport[] = [];
  for (const name of PRUNED_NAMES) {
    if (signal.aborted) break;
    const report = await doChore(deps, name, signal).catch((error: unknown) => {
      deps.metrics.choreFailures.inc({ chore: name });
      deps.log.error({ err: error, chore: name }, "a chore could not be done; it is tried again within the hour");
      return null;
    });
    if (report) reports.push(report);
  }
  return reports;
}

async function doChore(deps: ChoreDeps, name: PrunedName, signal: AbortSignal): Promise<ChoreReport | null> {
  const { store, clock, log, metrics, owner } = deps;
  if (!(await claimChore(store.db, name, owner))) return null;
  const began = clock.monotonicMs();
  let [rows, full] = [0, true];
  try {
    while (full && !signal.aborted && clock.monotonicMs() - began < BUDGET_MS) {
      const piece = await prune(store.db, name);
      rows += piece.rows;
      full = piece.full;
    }
  } finally {
    await settleChore(store.db, { name, owner, rows, done: !full });
  }
  metrics.choreRows.inc({ chore: name }, rows);
  if (!full) metrics.choreDone.set({ chore: name }, clock.now().getTime() / 1_000);
  log.info({ chore: name, rows, tookMs: Math.round(clock.monotonicMs() - began) }, "chore done");
  return { name, rows, done: !full };
}
