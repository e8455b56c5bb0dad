/**
 * The eight states of a run, and what may follow what.
 *
 *               ┌────────────────────────── reopened (a new attempt) ─────────────────────────┐
 *               ▼                                                                             │
 *   queued ─► running ◄─► waiting                                                             │
 *      │         │           │                                                                │
 *      └─────────┴───────────┴──► succeeded | failed | cancelled | skipped ───────────────────┘
 *
 *   unknown: we cannot tell (a word we do not know, a run that vanished while open). Every state may
 *   become unknown and unknown may become every state, for it is our ignorance and not the tool's.
 */
export const RUN_STATES = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
  "skipped",
  "unknown",
] as const;

export type RunState = (typeof RUN_STATES)[number];

export const TERMINAL_STATES = ["succeeded", "failed", "cancelled", "skipped"] as const satisfies RunState[];

/** Still going, or nobody can say: these are counted as "now", the terminal ones by the time they ended. */
export const OPEN_STATES = ["queued", "running", "waiting", "unknown"] as const satisfies RunState[];

export function isTerminal(state: RunState): boolean {
  return (TERMINAL_STATES as readonly RunState[]).includes(state);
}

export function isRunState(word: string): word is RunState {
  return (RUN_STATES as readonly string[]).includes(word);
}

/** The tool's own word, kept beside ours with the rule that mapped it. */
export interface NativeState {
  readonly word: string;
  /** Which line of the adapter's table decided, such as `run.success` or `no-rule`. */
  readonly rule: string;
}
