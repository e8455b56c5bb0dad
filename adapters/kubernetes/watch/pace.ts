/** How patient a watch is, and how it keeps from storming a server that has just come back. */

export interface WatchPace {
  /** Bookmarks come about every minute: a silence of this length is a dead connection. */
  readonly idleMs: number;
  /** How long the server is asked to keep a watch open; a fifth of it is added by chance. */
  readonly openSeconds: number;
  /** Before the next one after a clean end: a server that closes at once must not be asked in a loop. */
  readonly restartMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Before a namespace that refused us is asked again. */
  readonly forbiddenMs: number;
}

export const PACE: WatchPace = {
  idleMs: 90_000,
  openSeconds: 240,
  restartMs: 250,
  firstRetryMs: 1_000,
  longestRetryMs: 30_000,
  forbiddenMs: 60_000,
};

/** Jittered by half: all watches drop at once when a server restarts, and must not come back at once. */
export function retryMs({ firstRetryMs, longestRetryMs }: WatchPace, failures: number, random: number): number {
  const fullMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.max(0, failures - 1));
  return fullMs / 2 + (fullMs / 2) * random;
}
