/** What one step over one intent works with, and the few ways in which it ends. */
import { NotAskedError } from "../../adapter/http/gate.ts";
import { RemoteError } from "../../adapter/remote-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { ForeignRun } from "../../model/foreign.ts";
import { type Evidence, isSettled, type IntentState } from "../../model/intent.ts";
import type { Db } from "../../store/db.ts";
import type { Intent } from "../../store/intent/intent.ts";
import { type Became, type Call, type Held, type Move, moveIntent } from "../../store/intent/move.ts";
import { keepOwnRun } from "../../store/sync/own-run.ts";
import { Outrun } from "../../store/sync/write-runs.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import type { Line, Remotes } from "../remotes.ts";
import type { MoveStep } from "./decide.ts";
import type { Times } from "./times.ts";

export interface HandOffDeps {
  readonly db: Db;
  readonly remotes: Remotes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly times: Times;
  /** Aborted when the process cannot wait for answers any longer. */
  readonly stopping: AbortSignal;
}

/** What became of an intent in one step. */
export interface Moved {
  readonly state: IntentState | "superseded";
  readonly againInMs: number;
}

/** An intent in our hands. */
export interface Holding extends HandOffDeps {
  readonly intent: Intent;
  /** The line to its source, or why there is none. */
  readonly line: Line | string;
  /** The state that our next write expects. */
  readonly held: Held;
}

export async function move({ db, metrics, intent, held }: Holding, change: Move): Promise<Moved> {
  await moveIntent(db, held, change);
  const { to, againInMs } = change;
  const tells = isSettled(to) || to === "uncertain" || to === "orphan";
  if (tells && to !== intent.state) countOutcome(metrics, intent, to, change.call.tookMs);
  return { state: to, againInMs };
}

/** What was decided without a call, or after one that found nothing. */
export function moveAsDecided(holding: Holding, step: MoveStep, call: "find" | "observe"): Promise<Moved> {
  const { to, why, againInMs } = step;
  const outcome = to === "confirmed" ? "found" : "absent";
  const fault = faultOf(holding.intent, step);
  return move(holding, {
    to,
    call: { call, outcome, detail: why, tookMs: null },
    againInMs,
    looked: true,
    ...(fault !== undefined && { fault }),
  });
}

/** What ends badly, or in doubt, says why, even where nobody said no. */
function faultOf({ fault }: Intent, { to, why }: MoveStep): Move["fault"] {
  if (to === "confirmed") return null;
  const speaks = to === "refused" || to === "uncertain" || to === "orphan";
  return speaks ? { fault: fault ?? "unreachable", error: why } : undefined;
}

export interface Confirmation extends Pick<Became, "merged" | "warning"> {
  readonly run: ForeignRun;
  /** By the tool's clock. */
  readonly readAt: Date;
  readonly foundBy: Evidence;
  readonly call: Call;
}

/** The run is known: into the mirror and into the intent, in one transaction. */
export async function confirm(holding: Holding, confirmation: Confirmation): Promise<Moved> {
  const { db, times, metrics, intent, held } = holding;
  const { run, readAt, foundBy, merged, warning, call } = confirmation;
  failpoint("before-confirm");
  await keeping(db, async (trx) => {
    const runRow = await keepOwnRun(trx, intent.sourceId, run, readAt);
    const became: Became = { externalRun: run.runId, foundBy, runRow, merged, warning };
    await moveIntent(trx, held, { to: "confirmed", call, againInMs: 0, fault: null, became, watchMs: times.watchMs });
  });
  failpoint("after-confirm");
  if (foundBy !== "answer") metrics.handOffAdopted.inc({ source: intent.source, evidence: foundBy });
  countOutcome(metrics, intent, "confirmed", call.tookMs);
  return { state: "confirmed", againInMs: 0 };
}

function countOutcome(metrics: Metrics, intent: Intent, outcome: IntentState, tookMs: number | null): void {
  const { source, kind, now, createdAt } = intent;
  metrics.handOffs.inc({ source, kind, outcome });
  if (outcome !== "confirmed") return;
  metrics.handOffDuration.observe({ source, kind }, (now.getTime() - createdAt.getTime() + (tookMs ?? 0)) / 1_000);
}

const LOOKS = 5;

/** The reader of the source may write the same run in the same instant: then one of the two looks again. */
export async function keeping<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  for (let look = 1; ; look += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      if (!(error instanceof Outrun) || look === LOOKS) throw error;
    }
  }
}

/** Where there is no line, nothing leaves. */
export function lineTo({ line }: Holding): Line {
  if (typeof line !== "string") return line;
  throw new RemoteError(line, { fault: "refused", passing: false, uncertain: false });
}

/** The tool's clock at a moment of ours, cut to the second as its own answers are dated: rather too early than too late. */
export function remoteTime({ clock, intent }: Holding): Date {
  return new Date(Math.floor((clock.now().getTime() + intent.skewMs) / 1_000) * 1_000);
}

export function wordsOf({ line }: Holding, error: RemoteError): string {
  return typeof line === "string" ? error.message : line.redactor.redact(error.message);
}

export function tooLateToSend(): NotAskedError {
  return new NotAskedError("Not sent: the window to send it has closed while this process slept", 0);
}
