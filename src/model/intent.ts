/** What we are about to cause in a tool, and what is known of it. Shown to people as an *action*. */
import type { Fault } from "./fault.ts";

export const INTENT_KINDS = ["start", "retry", "cancel", "pause", "resume"] as const;
export type IntentKind = (typeof INTENT_KINDS)[number];

export const INTENT_STATES = [
  "pending",
  "sending",
  "heard",
  "uncertain",
  "orphan",
  "confirmed",
  "refused",
  "abandoned",
] as const;
export type IntentState = (typeof INTENT_STATES)[number];

/** Nothing will be done about these by itself. */
export const SETTLED_STATES = ["confirmed", "refused", "abandoned"] as const satisfies IntentState[];

export function isSettled(state: IntentState): boolean {
  return (SETTLED_STATES as readonly IntentState[]).includes(state);
}

/**
 * How we know which run it became.
 *
 *   answer      the tool said so when it was asked
 *   key         a run carries our key
 *   exclusion   the only run of its job, by our user, that nothing else explains
 *   state       the run we asked about is where we wanted it
 *   person      somebody looked, and told us
 */
export const EVIDENCES = ["answer", "key", "exclusion", "state", "person"] as const;
export type Evidence = (typeof EVIDENCES)[number];

/** `ask` is a person's word, every other a call to the tool. */
export const CALL_NAMES = ["start", "retry", "cancel", "pause", "resume", "find", "observe", "ask"] as const;
export type CallName = (typeof CALL_NAMES)[number];

export const CALL_OUTCOMES = [
  "sent",
  "accepted",
  "refused",
  "doubt",
  "unsent",
  "found",
  "absent",
  "failed",
  "told",
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export type IntentFault = Fault | "ours";

/** A name every tool can carry: in a path, a header, a parameter, a label. */
export const INTENT_KEY = /^[A-Za-z0-9][A-Za-z0-9_.:~-]{0,119}$/;
