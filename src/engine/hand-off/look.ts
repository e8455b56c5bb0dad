/** In doubt: is there a run of ours already? */
import { RemoteError } from "../../adapter/remote-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { ForeignRun } from "../../model/foreign.ts";
import type { Evidence } from "../../model/intent.ts";
import { isTerminal } from "../../model/run-state.ts";
import { intentById } from "../../store/intent/request.ts";
import { takenRuns } from "../../store/intent/taken.ts";
import { keepOwnRun } from "../../store/sync/own-run.ts";
import { askWithin } from "../ask.ts";
import { judgeAbsence, judgeSilence } from "./decide.ts";
import {
  confirm,
  type Holding,
  keeping,
  lineTo,
  move,
  moveAsDecided,
  type Moved,
  remoteTime,
  wordsOf,
} from "./holding.ts";
import { targetOf } from "./perform.ts";
import { send } from "./send.ts";

/** We do not know to the second what the tool's clock showed when we asked. */
const CLOCK_MARGIN_MS = 5_000;

interface Sighting {
  readonly run: ForeignRun;
  readonly foundBy: Evidence;
  readonly call: "find" | "observe";
  readonly readAt: Date;
}

export async function look(holding: Holding): Promise<Moved> {
  const { clock, times, intent, line } = holding;
  failpoint("before-find");
  const beganMs = clock.monotonicMs();
  const sighting = await findRun(holding).catch((error: unknown) => {
    if (error instanceof RemoteError) return error;
    throw error;
  });
  failpoint("after-find");
  const tookMs = clock.monotonicMs() - beganMs;
  if (sighting instanceof RemoteError) return staySilent(holding, sighting, tookMs);
  if (sighting) {
    const call = { call: sighting.call, outcome: "found", detail: sighting.run.runId, tookMs } as const;
    return confirm(holding, { ...sighting, merged: false, warning: null, call });
  }
  const visibleWithinMs = typeof line === "string" ? 0 : line.adapter.visibleWithinMs;
  const step = judgeAbsence(intent, visibleWithinMs, times);
  return step.do === "move" ? moveAsDecided(holding, step, "find") : send(holding, "there was none to be found");
}

async function findRun(holding: Holding): Promise<Sighting | null> {
  const { db, times, stopping, intent } = holding;
  const { jobId, key, firstSentAt, now, skewMs } = intent;
  const { remote } = lineTo(holding);
  const readAt = remoteTime(holding);
  const sentAfter = new Date((firstSentAt ?? now).getTime() + skewMs - CLOCK_MARGIN_MS);
  const taken = await takenRuns(db, intent);
  const found = await askWithin(
    times.callMs,
    stopping,
    async (signal) => (await remote.find?.({ jobId, key, sentAfter, taken }, signal)) ?? null,
  );
  if (found) return { run: found.run, foundBy: found.by, call: "find", readAt };
  return intent.kind === "retry" ? findReopened(holding) : null;
}

/** A retry that opens its run again leaves no key; but the run shows it. */
async function findReopened(holding: Holding): Promise<Sighting | null> {
  const { db, times, stopping, intent } = holding;
  const { remote } = lineTo(holding);
  const page = await askWithin(times.callMs, stopping, (signal) => remote.observe([targetOf(intent)], signal));
  const [run] = page.items;
  if (!run) return null;
  await keeping(db, (trx) => keepOwnRun(trx, intent.sourceId, run, page.readAt));
  const isOpen = !isTerminal(run.state) && run.state !== "unknown";
  // It may have ended again already: the mirror tells by the times, and counts attempts.
  const target = isOpen ? null : (await intentById(db, intent))?.target;
  return isOpen || (target && target.attempt > target.attemptThen)
    ? { run, foundBy: "state", call: "observe", readAt: page.readAt }
    : null;
}

function staySilent(holding: Holding, error: RemoteError, tookMs: number): Promise<Moved> {
  const { to, againInMs } = judgeSilence(holding.intent, holding.times);
  const words = wordsOf(holding, error);
  const call = { call: "find", outcome: "failed", detail: words, tookMs } as const;
  return move(holding, { to, call, againInMs, looked: true, fault: { fault: error.fault, error: words } });
}
