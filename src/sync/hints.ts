/** What a remote told of changes since we last looked: each run once, and no more of them than are worth a name. */
import type { ForeignRunRef } from "../model/foreign.ts";

/** Beyond it a list of what changed is cheaper than so many names, and a flood costs no more than this. */
const MOST = 500;

export interface Hints {
  /** Whether this was the first since the last `take`. */
  add(run: ForeignRunRef): boolean;
  readonly any: boolean;
  /** Everything since the last time; `many` when it was too much to be kept by name. */
  take(): readonly ForeignRunRef[] | "many";
}

export function createHints(): Hints {
  let runs = new Map<string, ForeignRunRef>();
  let overflowed = false;
  return {
    get any() {
      return overflowed || runs.size > 0;
    },
    add({ jobId, runId }) {
      const first = runs.size === 0 && !overflowed;
      if (runs.size < MOST) runs.set(`${jobId}\0${runId}`, { jobId, runId });
      else overflowed = true;
      return first;
    },
    take() {
      const taken = overflowed ? "many" : [...runs.values()];
      runs = new Map();
      overflowed = false;
      return taken;
    },
  };
}
