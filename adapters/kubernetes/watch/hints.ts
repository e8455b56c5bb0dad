/** Runs to look at, each once however often it was told of, until somebody takes them. */
import { abortOf } from "../../../src/adapter/abort.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";

export interface Hints {
  readonly tell: (run: ForeignRunRef) => void;
  fail(error: unknown): void;
  /** Ends with the abort, or with what went wrong. */
  read(signal: AbortSignal): AsyncGenerator<ForeignRunRef>;
}

/** More than these, and the next pass will see them all anyway. */
const MOST_WAITING = 20_000;

export function createHints(): Hints {
  const waiting = new Map<string, ForeignRunRef>();
  let failure: { readonly error: unknown } | null = null;
  let wake = () => {};

  return {
    tell(run) {
      if (waiting.size < MOST_WAITING) waiting.set(`${run.jobId}\0${run.runId}`, run);
      wake();
    },
    fail(error) {
      failure ??= { error };
      wake();
    },
    async *read(signal) {
      for (;;) {
        for (const [key, run] of waiting) {
          waiting.delete(key);
          yield run;
        }
        if (signal.aborted) throw abortOf(signal);
        if (failure) throw failure.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
          if (waiting.size > 0 || failure || signal.aborted) resolve();
        });
      }
    },
  };
}
