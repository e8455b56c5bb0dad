/** What a pass has to do beside reading what changed. Pure. */
import type { Marks } from "../store/sync/marks.ts";

const MINUTE_MS = 60_000;
const PROBE_EVERY_MS = 10 * MINUTE_MS;
const JOBS_EVERY_MS = 5 * MINUTE_MS;
const OPEN_EVERY_MS = 5 * MINUTE_MS;
const GATES_EVERY_MS = OPEN_EVERY_MS;
/** What waits for what changes when people deploy. */
const LINKS_EVERY_MS = 30 * MINUTE_MS;

export interface Due {
  readonly probe: boolean;
  readonly jobs: boolean;
  readonly open: boolean;
  readonly gates: boolean;
  readonly links: boolean;
}

export function dueNow(marks: Marks): Due {
  const older = (agoMs: number | null, everyMs: number) => agoMs === null || agoMs >= everyMs;
  return {
    // The cheapest question, so it also goes first after a failure: what came back may be another version.
    probe: marks.failures > 0 || older(marks.probedAgoMs, PROBE_EVERY_MS),
    jobs: older(marks.jobsSweptAgoMs, JOBS_EVERY_MS),
    open: older(marks.openSweptAgoMs, OPEN_EVERY_MS),
    gates: older(marks.gatesAskedAgoMs, GATES_EVERY_MS),
    links: older(marks.linksAskedAgoMs, LINKS_EVERY_MS),
  };
}
