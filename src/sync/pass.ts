/** What one pass over a source works with, and what it adds up on the way. */
import type { Remote } from "../adapter/contract.ts";
import type { Clock } from "../lib/clock.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import type { Db } from "../store/db.ts";
import type { KnownSource } from "../store/sources.ts";
import type { Lease } from "../store/sync/lease.ts";
import type { MarkChange, Marks } from "../store/sync/marks.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Asking } from "./ask.ts";
import type { SyncSettings } from "./settings.ts";

export interface SyncContext {
  readonly db: Db;
  readonly lease: Lease;
  readonly source: KnownSource;
  readonly remote: Remote;
  readonly settings: SyncSettings;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Runs of this source that somebody waits for. */
  readonly hotRuns?: () => readonly ForeignRunRef[];
  readonly random?: () => number;
  /** For tests: how long a silence means that no answer will come. */
  readonly silenceMs?: number;
}

export interface Pass extends SyncContext {
  readonly marks: Marks;
  /** Written at the end, once all that it claims is committed. */
  readonly change: MarkChange;
  readonly asking: Asking;
  /** The longest the remote took over one answer about runs. */
  latencyMs: number;
  /** Rows that told something new. */
  changed: number;
  /** The remote's clock minus ours, as far as this pass learned it. */
  skewMs: number;
  catchingUp: boolean;
}

export function beginPass(context: SyncContext, marks: Marks): Pass {
  return {
    ...context,
    marks,
    change: {},
    asking: askingOf(context),
    latencyMs: 0,
    changed: 0,
    skewMs: 0,
    catchingUp: false,
  };
}

export function askingOf({ signal, silenceMs, clock }: SyncContext): Asking {
  return { signal, monotonicMs: () => clock.monotonicMs(), ...(silenceMs !== undefined && { silenceMs }) };
}

/** What the remote's clock shows now, as far as we know. */
export function remoteNow(pass: Pass): Date {
  return new Date(pass.clock.now().getTime() + pass.skewMs);
}
