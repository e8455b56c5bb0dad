/**
 * What to do about an intent, and what an answer means for it. Pure; every moment is the database's.
 *
 *   it is        and                                        so
 *   ─────────    ────────────────────────────────────────   ──────────────────────────────────────
 *   pending      in time                                    send
 *                too late                                   refused: it never left
 *   sending      a start, a retry                           look, before anything else
 *                a cancel whose run has ended               confirmed
 *                a cancel, a switch: harmless when said     send again; for too long: orphan, or uncertain
 *                twice
 *   heard,       its run has ended                          confirmed
 *   orphan       still going                                wait; say it again; call it an orphan
 *   uncertain                                               look, and never send
 *
 *   looked and   keyed                    marked                        blind
 *   ──────────   ──────────────────────   ───────────────────────────   ──────────────────────────
 *   found        confirmed                confirmed                     confirmed, by exclusion
 *   absent       send again: a second     once nothing that left can    once nothing can surface any
 *                one would be refused     surface any more: send again  more: uncertain
 *   no answer    look again; after `doubtMs` uncertain
 */
import { isTerminal } from "../../model/run-state.ts";
import { type RemoteError, isFault } from "../../adapter/remote-error.ts";
import type { IntentFault, IntentState } from "../../model/intent.ts";
import type { Intent } from "../../store/intent/intent.ts";
import type { Times } from "./times.ts";

export type Step = { readonly do: "send" } | { readonly do: "look" } | MoveStep;

export interface MoveStep {
  readonly do: "move";
  readonly to: IntentState;
  readonly why: string;
  readonly againInMs: number;
}

export function nextStep(intent: Intent, times: Times): Step {
  const { state, kind } = intent;
  if (state === "pending") return tooLate(intent) ? neverLeft(intent) : { do: "send" };
  if (kind === "start" || kind === "retry") return { do: "look" };
  if (state === "uncertain") return stillUnknown(intent, times);
  return kind === "cancel" ? followCancel(intent, times) : repeatSwitch(intent, times);
}

function tooLate({ now, sendUntil }: Intent): boolean {
  return now > sendUntil;
}

function neverLeft({ error }: Intent): Step {
  const last = error === null ? "" : ` Last: ${error}`;
  return { do: "move", to: "refused", why: `It never left, and by now it is too late.${last}`, againInMs: 0 };
}

function followCancel(intent: Intent, times: Times): Step {
  const { state, target, sentAt, firstSentAt, now, sends } = intent;
  const ended = howItEnded(intent);
  if (ended !== null) return { do: "move", to: "confirmed", why: ended, againInMs: 0 };
  const orphaned = ago(now, firstSentAt) > times.orphanMs;
  const again =
    state === "sending"
      ? !orphaned
      : ago(now, sentAt) > (orphaned ? times.orphanEveryMs : times.repeatCancelMs * sends);
  if (again) return { do: "send" };
  const why = `the run goes on: ${target?.state}`;
  if (orphaned) return { do: "move", to: "orphan", why, againInMs: times.orphanEveryMs };
  return { do: "move", to: "heard", why, againInMs: times.followMs };
}

function howItEnded({ target }: Intent): string | null {
  if (target === null || target.gone) return "the tool no longer knows the run";
  if (isTerminal(target.state)) return `the run is ${target.state}`;
  return target.attempt > target.attemptThen ? "the attempt that was cancelled has ended" : null;
}

function repeatSwitch(intent: Intent, times: Times): Step {
  const { now, firstSentAt } = intent;
  if (ago(now, firstSentAt) <= times.doubtMs) return { do: "send" };
  return stillUnknown(intent, times);
}

function stillUnknown({ kind }: Intent, { uncertainEveryMs }: Times): Step {
  const why = `nobody can say whether the job was ${kind}d`;
  return { do: "move", to: "uncertain", why, againInMs: uncertainEveryMs };
}

function ago(now: Date, then: Date | null): number {
  return then === null ? 0 : now.getTime() - then.getTime();
}

/** What an error in answer to a call means. An answer that came is no question. */
export interface Verdict {
  readonly to: IntentState;
  readonly againInMs: number;
  readonly fault: IntentFault;
}

export function judgeError(intent: Intent, error: RemoteError, times: Times): Verdict {
  const { fault } = error;
  const doubled = (firstMs: number) => backoff(firstMs, intent.sends + 1, times);
  if (error.uncertain) return { to: "sending", againInMs: doubled(times.firstLookMs), fault };
  // It has ended, or cannot be stopped as it stands: the mirror tells which.
  if (intent.kind === "cancel" && isFault(error, "conflict")) return { to: "heard", againInMs: times.followMs, fault };
  if (!error.passing) return { to: "refused", againInMs: 0, fault };
  const wishMs = error.retryAfterMs ?? 0;
  // What is harmless when said twice may have been heard the first time.
  const to = intent.sends > 0 && intent.kind !== "start" && intent.kind !== "retry" ? "sending" : "pending";
  return { to, againInMs: Math.max(wishMs, doubled(times.firstRetryMs)), fault };
}

/** What it means that no run is to be found. */
export function judgeAbsence(intent: Intent, visibleWithinMs: number, times: Times): Step {
  const { handOff, kind, now, sentAt, state } = intent;
  const surfacesForMs = times.sendWindowMs + times.callMs + visibleWithinMs - ago(now, sentAt);
  // A tool that refuses a second start by its key does not refuse to open a run a second time.
  const refusesTwo = handOff === "keyed" && kind === "start";
  if (!refusesTwo && surfacesForMs > 0)
    return { do: "move", to: state, why: "it may still surface", againInMs: Math.min(surfacesForMs + 50, 5_000) };
  if (handOff === "blind") {
    const why = "the tool can neither refuse a second run nor show ours; somebody has to look";
    return { do: "move", to: "uncertain", why, againInMs: times.uncertainEveryMs };
  }
  if (state === "uncertain" || tooLate(intent))
    return { do: "move", to: "refused", why: "it surely never began", againInMs: 0 };
  return { do: "send" };
}

/** What it means that the tool could not be asked. */
export function judgeSilence(intent: Intent, times: Times): MoveStep {
  const { state, now, firstSentAt, looks } = intent;
  const why = "the tool could not be asked whether it began";
  if (state === "uncertain") return { do: "move", to: state, why, againInMs: times.uncertainEveryMs };
  if (ago(now, firstSentAt) > times.doubtMs)
    return { do: "move", to: "uncertain", why, againInMs: times.uncertainEveryMs };
  return { do: "move", to: state, why, againInMs: backoff(times.firstLookMs, looks + 1, times) };
}

function backoff(firstMs: number, times: number, { longestMs }: Times): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(20, Math.max(0, times - 1)));
}
