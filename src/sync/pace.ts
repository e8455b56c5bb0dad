/** When to ask a source again. Pure. */

export interface PaceFacts {
  /** How long the source took over its last answers. */
  readonly latencyMs: number;
  /** Runs under way there. */
  readonly activeRuns: number;
  /** Somebody waits for one of them. */
  readonly hot: boolean;
  /** There is history left to read. */
  readonly catchingUp: boolean;
  /** Passes in a row that did not go through. */
  readonly failures: number;
  /** What the last pass brought that we did not know. */
  readonly changed: number;
  /** What its owner asked for. */
  readonly everyMs: number | null;
  /** What the source itself asked for. */
  readonly retryAfterMs: number | null;
  /** From 0 to 1. */
  readonly random: number;
}

const HOT_MS = 1_600;
const CATCHING_UP_MS = 500;
const BUSY_MS = 10_000;
const IDLE_MS = 30_000;
const LONGEST_MS = 300_000;
const FIRST_RETRY_MS = 2_000;
/** A source spends at most a tenth of its time on us. */
const SHARE = 10;

export function nextDelayMs(facts: PaceFacts): number {
  return Math.round(unjitteredMs(facts) * (0.8 + 0.4 * facts.random));
}

function unjitteredMs(facts: PaceFacts): number {
  const { latencyMs, failures, hot, catchingUp, retryAfterMs } = facts;
  if (failures > 0) return Math.min(LONGEST_MS, Math.max(FIRST_RETRY_MS * 2 ** (failures - 1), retryAfterMs ?? 0));
  // Who waits for a run is served at once, but never faster than the source can answer.
  if (hot) return Math.max(HOT_MS, latencyMs);
  if (catchingUp) return Math.min(LONGEST_MS, Math.max(CATCHING_UP_MS, latencyMs));
  return Math.min(LONGEST_MS, Math.max(restMs(facts), latencyMs * SHARE));
}

function restMs({ everyMs, activeRuns, changed }: PaceFacts): number {
  return everyMs ?? (activeRuns > 0 || changed > 0 ? BUSY_MS : IDLE_MS);
}
