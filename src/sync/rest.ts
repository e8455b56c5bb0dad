/**
 * The time between two passes, in which hints are followed up: what the remote says has changed is looked at by name,
 * at once, and everything else waits for the pass that is due anyway. Hints bring looks forward; no pass is ever put off.
 */
import type { Clock } from "../lib/clock.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import { createHints } from "./hints.ts";
import { createPause } from "./pause.ts";

/** What belongs together comes together: a pod and its job, a run and the one that it started. */
const GATHER_MS = 30;
/** As much time as a look took passes before the next one, and at least this. */
const LEAST_GAP_MS = 100;
/** After a flood the list of what changed is read, as soon as for a run that somebody waits for and no sooner. */
const FLOOD_MS = 1_600;

export interface RestDeps {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Looks at these runs. False when the source did not answer: then hints wait until a pass went through. */
  readonly look: (runs: readonly ForeignRunRef[]) => Promise<boolean>;
}

export interface Rest {
  /** Ends the rest, so that a pass follows. */
  wake(): void;
  hint(run: ForeignRunRef): void;
  /** Until the next pass is due. */
  for(milliseconds: number): Promise<void>;
  /** The same, deaf to hints: for when a look would fail as well. */
  deafFor(milliseconds: number): Promise<void>;
}

export function createRest({ signal, clock, look }: RestDeps): Rest {
  const pause = createPause(signal);
  const hints = createHints();

  async function rest(milliseconds: number): Promise<void> {
    const began = clock.monotonicMs();
    let until = began + milliseconds;
    let lookFrom = began;
    for (let now = began; now < until; now = clock.monotonicMs()) {
      const target = hints.any ? Math.min(until, Math.max(lookFrom, now + GATHER_MS)) : until;
      const by = await pause.for(target - now);
      if (by === "wake") return;
      // The first hint: go round, and gather what comes with it.
      if (by === "nudge" || !hints.any || clock.monotonicMs() < lookFrom) continue;
      const runs = hints.take();
      if (runs === "many") until = Math.min(until, began + FLOOD_MS);
      else lookFrom = await follow(runs);
    }
  }

  /** Answers with the moment from which the next look may follow. */
  async function follow(runs: readonly ForeignRunRef[]): Promise<number> {
    const began = clock.monotonicMs();
    if (!(await look(runs))) return Number.POSITIVE_INFINITY;
    const now = clock.monotonicMs();
    return now + Math.max(LEAST_GAP_MS, now - began);
  }

  return {
    wake: () => pause.wake(),
    hint(run) {
      if (hints.add(run)) pause.nudge();
    },
    for: rest,
    async deafFor(milliseconds) {
      const until = clock.monotonicMs() + milliseconds;
      for (let left = milliseconds; left > 0; left = until - clock.monotonicMs())
        if ((await pause.for(left)) === "wake") return;
    },
  };
}
