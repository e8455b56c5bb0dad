/** Time as a parameter. Nothing below `main.ts` asks the process for it. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only ever grow, for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
