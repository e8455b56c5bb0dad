/** The engine of one process: what acts, what looks, and what both share. */
import type { Clock } from "../lib/clock.ts";
import type { Db } from "../store/db.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type Acting, createActing } from "./acting.ts";
import { createHandOff, type HandOffService } from "./hand-off/service.ts";
import { type Times, TIMES } from "./hand-off/times.ts";
import { createPeek, type Peek } from "./peek.ts";
import type { Remotes } from "./remotes.ts";
import { createWaiters } from "./waiters.ts";

export interface Engine {
  readonly acting: Acting;
  readonly peek: Peek;
  /** To be started where this process shall do the work. */
  readonly handOff: HandOffService;
}

export interface EngineOptions {
  readonly db: Db;
  readonly remotes: Remotes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly owner: string;
  readonly times?: Partial<Times>;
  readonly patienceMs?: number;
}

export function createEngine({ times, patienceMs, ...deps }: EngineOptions): Engine {
  const waiters = createWaiters();
  const handOff = createHandOff({ ...deps, times: { ...TIMES, ...times }, onMoved: (intent) => waiters.moved(intent) });
  const patience = patienceMs === undefined ? {} : { patienceMs };
  const acting = createActing({ ...deps, ...patience, waiters, wake: () => handOff.wake() });
  return { acting, peek: createPeek(deps.remotes), handOff };
}
