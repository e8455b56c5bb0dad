/** The windows of the hand-off. docs/design/hand-off.md draws how they lie beside each other. */
import { INTENT_LEASE_MS } from "../../store/intent/claim.ts";

export interface Times {
  /** A holder that does not renew for so long is replaced. */
  readonly leaseMs: number;
  /** From the moment `sending` is committed until the last moment at which bytes may leave, by the monotonic clock. */
  readonly sendWindowMs: number;
  /** How long an answer is waited for, absolutely. */
  readonly callMs: number;
  /** How soon after a lost answer one looks; doubled up to `longestMs`. */
  readonly firstLookMs: number;
  /** How soon what surely was not accepted is sent again; doubled up to `longestMs`. */
  readonly firstRetryMs: number;
  readonly longestMs: number;
  /** A doubt that lasts longer is shown to people. */
  readonly doubtMs: number;
  /** How often a doubt that people see is looked after still. */
  readonly uncertainEveryMs: number;
  /** How often one looks whether what was cancelled has ended; and after how long it is told again, or called an orphan. */
  readonly followMs: number;
  readonly repeatCancelMs: number;
  readonly orphanMs: number;
  readonly orphanEveryMs: number;
  /** How long the sync asks as often as it may for what we began or stopped. */
  readonly watchMs: number;
}

export const TIMES: Times = {
  leaseMs: INTENT_LEASE_MS,
  sendWindowMs: 5_000,
  callMs: 25_000,
  firstLookMs: 500,
  firstRetryMs: 1_000,
  longestMs: 60_000,
  doubtMs: 600_000,
  uncertainEveryMs: 300_000,
  followMs: 1_000,
  repeatCancelMs: 30_000,
  orphanMs: 600_000,
  orphanEveryMs: 60_000,
  watchMs: 6 * 3_600_000,
};
