/** Asks every hour whether a chore is due. Every replica does; the row of each chore decides whose turn it is. */
import { type ScheduledTask, schedule } from "node-cron";
import type { Service } from "../lib/service.ts";
import { type ChoreDeps, doChores } from "./nightly.ts";

/** Not at the full hour, when everybody's jobs begin. */
const HOURLY = "23 * * * *";
/** So that replicas do not all ask in the same second. */
const SPREAD_MS = 60_000;

export function createChores(deps: ChoreDeps): Service {
  let task: ScheduledTask | null = null;
  let stopping = new AbortController();
  let working: Promise<unknown> = Promise.resolve();

  return {
    start() {
      if (task) return Promise.resolve();
      stopping = new AbortController();
      const { signal } = stopping;
      task = schedule(HOURLY, () => (working = doChores(deps, signal)), {
        name: "chores",
        timezone: "UTC",
        noOverlap: true,
        maxRandomDelay: SPREAD_MS,
        // An hour that was slept through is made up for by the next one.
        suppressMissedWarning: true,
      });
      return Promise.resolve();
    },
    async stop() {
      stopping.abort();
      await task?.destroy();
      task = null;
      await working;
    },
  };
}
