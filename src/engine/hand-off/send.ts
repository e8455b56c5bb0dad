/**
 * The effect itself.
 *
 *   commit `sending`  ─►  check the window  ─►  bytes leave  ─►  answer  ─►  commit what it means
 *        └─ a crash from here on leaves a doubt, and a doubt is looked after before anything is sent again
 */
import type { Started } from "../../adapter/contract.ts";
import { NotAskedError } from "../../adapter/http/gate.ts";
import { withSendCheck } from "../../adapter/http/send-window.ts";
import type { RemoteError } from "../../adapter/remote-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { beginSending, type Call } from "../../store/intent/move.ts";
import { sqlStateOf } from "../../store/pool.ts";
import { keepPaused } from "../../store/sync/own-run.ts";
import { askWithin } from "../ask.ts";
import { judgeError } from "./decide.ts";
import { confirm, type Holding, lineTo, move, type Moved, remoteTime, tooLateToSend, wordsOf } from "./holding.ts";
import { perform } from "./perform.ts";

/** Until the next try, where a job that cannot tell two starts apart waits for another one to be confirmed. */
const TURN_MS = 2_000;
const UNIQUE_VIOLATION = "23505";

/** `reason` says why it is sent again. */
export async function send(holding: Holding, reason: string | null): Promise<Moved> {
  const { db, clock, times, intent, held } = holding;
  // Taken before the commit: `sending` is dated by the database, and may only be later than this.
  const windowEndsMs = clock.monotonicMs() + times.sendWindowMs;
  try {
    const call: Call = { call: intent.kind, outcome: "sent", detail: reason, tookMs: null };
    holding = { ...holding, held: await beginSending(db, held, call) };
  } catch (error) {
    if (sqlStateOf(error) === UNIQUE_VIOLATION) return waitForTurn(holding);
    throw error;
  }
  failpoint("intent-committed");
  const readAt = remoteTime(holding);
  const beganMs = clock.monotonicMs();
  const answer = await callTool(holding, windowEndsMs);
  const tookMs = clock.monotonicMs() - beganMs;
  failpoint("after-answer");
  return "error" in answer ? settleError(holding, answer.error, tookMs) : settleAnswer(holding, answer, readAt, tookMs);
}

type Answer = { readonly started: Started | null };

async function callTool(holding: Holding, windowEndsMs: number): Promise<Answer | { readonly error: RemoteError }> {
  const { clock, times, stopping, metrics, intent } = holding;
  const check = () => {
    failpoint("before-send");
    if (clock.monotonicMs() > windowEndsMs) {
      metrics.handOffLate.inc({ source: intent.source });
      throw tooLateToSend();
    }
    failpoint("window-checked");
  };
  try {
    const { remote } = lineTo(holding);
    const act = (signal: AbortSignal) => withSendCheck(check, () => perform(remote, intent, signal));
    return { started: await askWithin(times.callMs, stopping, act) };
  } catch (error) {
    return { error: error as RemoteError };
  }
}

async function settleAnswer(holding: Holding, { started }: Answer, readAt: Date, tookMs: number): Promise<Moved> {
  const { db, times, intent } = holding;
  const { kind, jobRow, sourceId } = intent;
  const call: Call = { call: kind, outcome: "accepted", detail: started?.run.runId ?? null, tookMs };
  if (started) return confirm(holding, { ...started, readAt, foundBy: "answer", call });
  if (kind === "cancel") {
    return move(holding, { to: "heard", call, againInMs: times.followMs, fault: null, watchMs: times.watchMs });
  }
  const moved = await move(holding, { to: "confirmed", call, againInMs: 0, fault: null });
  await keepPaused(db, { sourceId, id: jobRow }, kind === "pause", readAt);
  return moved;
}

function settleError(holding: Holding, error: RemoteError, tookMs: number): Promise<Moved> {
  const { times, intent } = holding;
  const { to, againInMs, fault } = judgeError(intent, error, times);
  const outcome = error.uncertain ? "doubt" : error instanceof NotAskedError ? "unsent" : "refused";
  const words = wordsOf(holding, error);
  const call: Call = { call: intent.kind, outcome, detail: words, tookMs };
  const watch = to === "heard" ? { watchMs: times.watchMs } : {};
  return move(holding, { to, call, againInMs, fault: { fault, error: words }, ...watch });
}

function waitForTurn(holding: Holding): Promise<Moved> {
  const { kind, state } = holding.intent;
  const error = "another start of this job is not confirmed yet, and its tool could not tell the two apart";
  const call: Call = { call: kind, outcome: "unsent", detail: error, tookMs: null };
  return move(holding, { to: state, call, againInMs: TURN_MS, fault: { fault: "conflict", error } });
}
