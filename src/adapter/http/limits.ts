/** How much a source may cost us, and we it. */
export interface Limits {
  /** Requests under way at once, where the adapter does not say. */
  readonly concurrency: number;
  /** From the first byte we send to the last we read, where the adapter does not say. */
  readonly timeoutMs: number;
  /** Whatever the adapter says. */
  readonly longestTimeoutMs: number;
  /** Of an answer, after decompression, where the adapter does not say. */
  readonly maxBytes: number;
  /** Whatever the adapter says. */
  readonly mostBytes: number;
  /** Requests a source gets from us in any second, repeats included. */
  readonly requestsPerSecond: number;
  /** Requests that may wait for their turn; more are told to come back. */
  readonly maxWaiting: number;
  /** Times a repeatable request is asked in all. */
  readonly attempts: number;
  /** The wait before the second attempt; doubled before each further one, and jittered. */
  readonly backoffMs: number;
  /** The longest a request waits for a remote that said when to come back. Past it, the caller is told. */
  readonly patienceMs: number;
  /** Outages in a row after which we stop asking. */
  readonly breakAfter: number;
  /** How long we stop asking at first; doubled up to `longestBreakMs` while the outage lasts. */
  readonly breakMs: number;
  readonly longestBreakMs: number;
}

const MEGABYTE = 1024 * 1024;

export const LIMITS: Limits = {
  concurrency: 9,
  timeoutMs: 30_000,
  longestTimeoutMs: 120_000,
  maxBytes: 16 * MEGABYTE,
  mostBytes: 64 * MEGABYTE,
  requestsPerSecond: 50,
  maxWaiting: 1_000,
  attempts: 3,
  backoffMs: 200,
  patienceMs: 5_000,
  breakAfter: 5,
  breakMs: 5_000,
  longestBreakMs: 60_000,
};
