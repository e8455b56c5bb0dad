/** What `/metrics` says of a source while this replica reads it, and no longer. */
import { FAULTS } from "../model/fault.ts";
import { OPEN_STATES, TERMINAL_STATES } from "../model/run-state.ts";
import type { KnownSource } from "../store/sources.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { faultOf } from "./sync-once.ts";

/** Counters begin at 0 for all that can happen, or the first time that it does would be no increase. */
export function presentSource(metrics: Metrics, { name: source }: KnownSource): void {
  for (const reason of [...FAULTS, "ours"]) metrics.sourceSyncErrors.inc({ source, reason }, 0);
  for (const kind of ["job", "run", "gate", "link"]) metrics.sourceQuarantined.inc({ source, kind }, 0);
  for (const outcome of TERMINAL_STATES) metrics.runsFinished.inc({ source, outcome }, 0);
  metrics.runsStarted.inc({ source }, 0);
  metrics.sourceFenced.inc({ source }, 0);
}

export function showPass(
  metrics: Metrics,
  { name: source, adapter }: KnownSource,
  { error }: { readonly error: Error | null },
  now: Date,
): void {
  metrics.sourceUp.set({ source, kind: adapter }, error ? 0 : 1);
  if (error) metrics.sourceSyncErrors.inc({ source, reason: faultOf(error) });
  else metrics.sourceLastSyncSuccess.set({ source }, now.getTime() / 1_000);
}

/** Another replica shows it from here on; two answers to one question would be one too many. */
export function forgetSource(metrics: Metrics, { name: source, adapter }: KnownSource): void {
  metrics.sourceUp.remove({ source, kind: adapter });
  metrics.sourceLastSyncSuccess.remove({ source });
  metrics.sourceJobs.remove({ source });
  metrics.sourceWatched.remove({ source });
  for (const state of OPEN_STATES) metrics.runsActive.remove({ source, state });
}
