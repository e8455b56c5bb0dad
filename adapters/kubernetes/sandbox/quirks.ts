/** What can be wrong with a cluster, or merely odd. Tests and the demo turn these while it runs. */

export interface Quirks {
  /** `list jobs.batch`, or `list jobs.batch in reports` for one namespace alone. */
  readonly forbidden: Set<string>;
  /** A deadline that was changed is not acted on, as some versions had it. */
  ignoreDeadlines: boolean;
  /** Watches are accepted and then say nothing: a load balancer forgot the connection. */
  muteWatches: boolean;
  /** An expired version is a status of its own rather than an event in the stream. */
  goneAsStatus: boolean;
  bookmarkEveryMs: number;
  /** Before 1.31 `Failed` was set at once, with pods still running and no `FailureTarget` before it. */
  endsAtOnce: boolean;
  /** `/readyz` says what is broken. */
  readonly unready: Set<string>;
  /** How far the server's clock is ahead of the sandbox's. */
  skewMs: number;
}

export function usualQuirks(): Quirks {
  return {
    forbidden: new Set(),
    ignoreDeadlines: false,
    muteWatches: false,
    goneAsStatus: false,
    bookmarkEveryMs: 60_000,
    endsAtOnce: false,
    unready: new Set(),
    skewMs: 0,
  };
}
