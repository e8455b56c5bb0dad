/**
 * Every metric of the product, named in one place. Base units, `_total` for counts, `source` as the label that tells
 * tools apart, and never an id of a job or a run. Prometheus shows now; history is read from Postgres.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = ReturnType<typeof createMetrics>;

export interface PoolCount {
  readonly idle: number;
  readonly busy: number;
  readonly waiting: number;
}

export function createMetrics(options: { readonly process?: boolean } = {}) {
  const registry = new Registry();
  // Asked when somebody reads the metrics: told at every borrowing, they cost more than the pool itself.
  const dbPools = new Set<() => PoolCount>();
  const registers = [registry];
  if (options.process) collectDefaultMetrics({ register: registry });

  return {
    registry,

    buildInfo: new Gauge({
      name: "tutti_build_info",
      help: "The version that runs, as labels; always 1.",
      labelNames: ["version"],
      registers,
    }),

    sourceUp: new Gauge({
      name: "tutti_source_up",
      help: "1 when the last sync of the source went through, 0 when it did not.",
      labelNames: ["source", "kind"],
      registers,
    }),
    sourceLastSyncSuccess: new Gauge({
      name: "tutti_source_last_sync_success_timestamp_seconds",
      help: "When the source was last read to the end.",
      labelNames: ["source"],
      registers,
    }),
    sourceSyncDuration: new Histogram({
      name: "tutti_source_sync_duration_seconds",
      help: "How long one pass over a source took.",
      labelNames: ["source", "phase"],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
      registers,
    }),
    sourceSyncErrors: new Counter({
      name: "tutti_source_sync_errors_total",
      help: "Passes that failed, by the fault that ended them.",
      labelNames: ["source", "reason"],
      registers,
    }),
    sourceRequests: new Counter({
      name: "tutti_source_requests_total",
      help: "Requests sent to the source, by class of answer.",
      labelNames: ["source", "code_class"],
      registers,
    }),
    sourceBreaker: new Gauge({
      name: "tutti_source_breaker_state",
      help: "1 for the state the circuit breaker of the source is in.",
      labelNames: ["source", "state"],
      registers,
    }),
    sourceJobs: new Gauge({
      name: "tutti_source_jobs",
      help: "Jobs known to exist at the source.",
      labelNames: ["source"],
      registers,
    }),
    sourceQuarantined: new Counter({
      name: "tutti_source_quarantined_rows_total",
      help: "Rows of the source that could not be understood or stored.",
      labelNames: ["source", "kind"],
      registers,
    }),
    sourceFenced: new Counter({
      name: "tutti_source_fenced_writes_total",
      help: "Writes refused because another replica reads the source by now.",
      labelNames: ["source"],
      registers,
    }),

    sourceWatched: new Gauge({
      name: "tutti_source_watched",
      help: "1 while the source is asked to tell of changes as they happen, 0 while that line is broken.",
      labelNames: ["source"],
      registers,
    }),
    sourceHints: new Counter({
      name: "tutti_source_hints_total",
      help: "Changes the source told of as they happened.",
      labelNames: ["source"],
      registers,
    }),

    runsStarted: new Counter({
      name: "tutti_runs_started_total",
      help: "Runs first seen, whoever started them.",
      labelNames: ["source"],
      registers,
    }),
    runsFinished: new Counter({
      name: "tutti_runs_finished_total",
      help: "Runs seen to end, by outcome.",
      labelNames: ["source", "outcome"],
      registers,
    }),
    runsActive: new Gauge({
      name: "tutti_runs_active",
      help: "Runs that have not ended, by state.",
      labelNames: ["source", "state"],
      registers,
    }),
    runDuration: new Histogram({
      name: "tutti_run_duration_seconds",
      help: "How long runs that ended took.",
      labelNames: ["source"],
      buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400],
      registers,
    }),
    runObservationLag: new Histogram({
      name: "tutti_run_observation_lag_seconds",
      help: "From a run's end at its source to the moment we knew.",
      labelNames: ["source"],
      buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600],
      registers,
    }),

    handOffs: new Counter({
      name: "tutti_hand_offs_total",
      help: "Effects asked for in a tool that came to a state: confirmed, refused, uncertain, orphan, abandoned.",
      labelNames: ["source", "kind", "outcome"],
      registers,
    }),
    handOffDuration: new Histogram({
      name: "tutti_hand_off_duration_seconds",
      help: "From the wish, written down, to the tool's confirmed answer.",
      labelNames: ["source", "kind"],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
      registers,
    }),
    handOffFenced: new Counter({
      name: "tutti_hand_off_fenced_writes_total",
      help: "Writes refused because another replica works on the intent by now.",
      labelNames: ["source"],
      registers,
    }),
    handOffLate: new Counter({
      name: "tutti_hand_off_late_sends_total",
      help: "Requests that were not sent because their window had closed: the process had been frozen.",
      labelNames: ["source"],
      registers,
    }),
    handOffAdopted: new Counter({
      name: "tutti_hand_off_adopted_runs_total",
      help: "Runs found again after their answer was lost, by evidence.",
      labelNames: ["source", "evidence"],
      registers,
    }),
    engineQueueDepth: new Gauge({
      name: "tutti_engine_queue_depth",
      help: "Intents that are not settled, by state.",
      labelNames: ["queue"],
      registers,
    }),
    engineOldestQueued: new Gauge({
      name: "tutti_engine_oldest_queued_timestamp_seconds",
      help: "When the oldest intent of the state was asked for; 0 when there is none.",
      labelNames: ["queue"],
      registers,
    }),

    graphqlRequests: new Counter({
      name: "tutti_graphql_requests_total",
      help: "GraphQL operations answered.",
      labelNames: ["operation", "outcome"],
      registers,
    }),
    subscriptionsActive: new Gauge({
      name: "tutti_subscriptions_active",
      help: "Subscriptions open now.",
      registers,
    }),
    subscriptionsDropped: new Counter({
      name: "tutti_subscription_dropped_total",
      help: "Subscriptions closed because their reader was stuck.",
      registers,
    }),

    choreRows: new Counter({
      name: "tutti_chore_rows_total",
      help: "Rows that nightly chores of this replica cleared away.",
      labelNames: ["chore"],
      registers,
    }),
    choreDone: new Gauge({
      name: "tutti_chore_last_success_timestamp_seconds",
      help: "When this replica last did the chore to its end.",
      labelNames: ["chore"],
      registers,
    }),
    choreFailures: new Counter({
      name: "tutti_chore_failures_total",
      help: "Chores of this replica that ended with an error.",
      labelNames: ["chore"],
      registers,
    }),

    dbPool: new Gauge({
      name: "tutti_db_pool_connections",
      help: "Connections of the pool, by state; waiting are requests without one.",
      labelNames: ["state"],
      registers,
      collect() {
        const now = [...dbPools].map((count) => count());
        for (const state of ["idle", "busy", "waiting"] as const)
          this.set(
            { state },
            now.reduce((sum, pool) => sum + pool[state], 0),
          );
      },
    }),
    dbPools,
    dbDestroyed: new Counter({
      name: "tutti_db_connections_destroyed_total",
      help: "Connections given up because nobody could say what state they were in.",
      registers,
    }),
  };
}
