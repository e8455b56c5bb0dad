/**
 * What a new sighting of a run does to what we know of it. Pure: the sync asks, the store obeys.
 *
 *   known      seen                                      verdict
 *   ────────   ───────────────────────────────────────   ─────────────────────────────
 *   nothing    anything                                  created, attempt 1
 *   any        read before what we know was read         outdated: dropped
 *   any        the same in every field                   unchanged: nothing is written
 *   terminal   open, or begun after the known end        reopened: a new attempt, the old one is kept
 *   any        anything else                             changed, the same attempt
 */
import { isTerminal, type RunState } from "./run-state.ts";

/** As much of a run as decides whether a sighting opens a new attempt. */
export interface RunMoment {
  readonly state: RunState;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface KnownRun extends RunMoment {
  readonly attempt: number;
  /** The remote's clock when we last learned something new of this run. */
  readonly observedAt: Date;
}

export type RunVerdict = "created" | "outdated" | "reopened" | "changed";

/** Equality is the store's to judge, which drops unchanged rows before it answers; so it is no verdict here. */
export function judgeSighting(known: KnownRun | null, seen: RunMoment, readAt: Date): RunVerdict {
  if (!known) return "created";
  if (readAt < known.observedAt) return "outdated";
  return opensNewAttempt(known, seen) ? "reopened" : "changed";
}

export function opensNewAttempt(known: RunMoment, seen: RunMoment): boolean {
  if (!isTerminal(known.state)) return false;
  // Our own ignorance never reopens anything: a finished run whose new word we cannot read is still that attempt.
  if (seen.state === "unknown") return false;
  if (!isTerminal(seen.state)) return true;
  // Cleared and finished again between two polls: only the times tell.
  return known.endedAt !== null && seen.startedAt !== null && seen.startedAt > known.endedAt;
}
