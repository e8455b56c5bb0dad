/**
 * Remotes that tell of changes as they happen. What they tell is a hint to look sooner: the run is read by name and kept
 * like any other sighting. A hint that is lost costs nothing but the time until the next pass.
 */
import { isAbort } from "../adapter/abort.ts";
import type { Remote } from "../adapter/contract.ts";
import { pause } from "../adapter/http/gate.ts";
import { RemoteError } from "../adapter/remote-error.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import { readMarks } from "../store/sync/marks.ts";
import type { Logger } from "../telemetry/log.ts";
import { AdapterBug, ask } from "./ask.ts";
import { keep } from "./keep.ts";
import { beginPass, type SyncContext } from "./pass.ts";

export interface Hints {
  /** All that came since the last time, each run once. */
  take(): readonly ForeignRunRef[];
}

export interface ListenDeps {
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Called for each hint; whoever is called may take them all at once. */
  readonly onHint: () => void;
}

/** Before a watch that broke is tried again: the passes go on meanwhile. */
const AGAIN_MS = 15_000;
/** A burst is one question: events of one change come close together. */
const BURST_MS = 25;

export function listen(remote: Remote, { signal, log, onHint }: ListenDeps): Hints {
  const waiting = new Map<string, ForeignRunRef>();

  async function follow(): Promise<void> {
    if (!remote.watch) return;
    for await (const run of remote.watch(signal)) {
      const first = waiting.size === 0;
      waiting.set(`${run.jobId}\0${run.runId}`, run);
      if (first) setTimeout(onHint, BURST_MS);
    }
  }

  async function followForEver(): Promise<void> {
    while (!signal.aborted) {
      try {
        await follow();
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        log.warn({ err: error }, "the watch over the source has ended, and begins again");
      }
      await pause(AGAIN_MS, signal).catch(() => undefined);
    }
  }

  if (remote.watch) void followForEver();
  return {
    take() {
      const taken = [...waiting.values()];
      waiting.clear();
      return taken;
    },
  };
}

const RUNS_A_QUESTION = 100;
/** More than these are told by an ordinary pass at less cost: a watch begins with all there is. */
export const MOST_HINTS = 200;

/** Reads these runs now. What a remote does wrong here, the next pass will tell. */
export async function lookAt(context: SyncContext, runs: readonly ForeignRunRef[]): Promise<void> {
  const pass = beginPass(context, await readMarks(context.db, context.lease.sourceId));
  for (let from = 0; from < runs.length; from += RUNS_A_QUESTION) {
    try {
      const some = runs.slice(from, from + RUNS_A_QUESTION);
      await keep(pass, await ask(pass.asking, (signal) => context.remote.observe(some, signal)));
    } catch (error) {
      if (!(error instanceof RemoteError) && !(error instanceof AdapterBug)) throw error;
      return context.log.info({ err: error }, "a run that was told of could not be read yet");
    }
  }
}
