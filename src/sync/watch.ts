/**
 * Listens to a remote that tells of changes as they happen, and listens again after each break, with growing pauses. What
 * is missed meanwhile costs a poll and nothing else, for the passes go on as if nobody told us anything.
 */
import { setImmediate as breathe, setTimeout as sleep } from "node:timers/promises";
import type { Remote } from "../adapter/contract.ts";
import type { Clock } from "../lib/clock.ts";
import type { ForeignRunRef } from "../model/foreign.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A line that stood for so long was a good one, though nothing was said on it. */
const STOOD_MS = 60_000;
/** An adapter that tells from memory never lets go of the thread by itself. */
const BREATHE_EVERY = 200;

export interface Watching {
  readonly watch: NonNullable<Remote["watch"]>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onHint: (run: ForeignRunRef) => void;
  /** Called before each attempt with true, and after each break with false and its cause; null for an end without one. */
  readonly onLine: (open: boolean, cause: unknown) => void;
  readonly random?: () => number;
  /** For tests. */
  readonly firstWaitMs?: number;
}

/** Resolves when it is told to stop. Never throws. */
export async function keepWatching(watching: Watching): Promise<void> {
  const { signal, clock, onLine, random = Math.random, firstWaitMs = FIRST_WAIT_MS } = watching;
  for (let breaks = 0; !signal.aborted; ) {
    const began = clock.monotonicMs();
    onLine(true, null);
    const { heard, cause } = await hearOut(watching);
    if (signal.aborted) return;
    onLine(false, cause);
    breaks = heard > 0 || clock.monotonicMs() - began >= STOOD_MS ? 1 : breaks + 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (breaks - 1)) * (0.8 + 0.4 * random());
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

async function hearOut({ watch, signal, onHint }: Watching): Promise<{ heard: number; cause: unknown }> {
  let heard = 0;
  let told: AsyncIterator<ForeignRunRef> | null = null;
  try {
    told = watch(signal)[Symbol.asyncIterator]();
    for (;;) {
      const next = await unlessAborted(told.next(), signal);
      if (next === "aborted" || next.done) return { heard, cause: null };
      onHint(next.value);
      heard += 1;
      if (heard % BREATHE_EVERY === 0) await breathe();
    }
  } catch (cause) {
    return { heard, cause };
  } finally {
    // Not awaited: an iterator that hangs in `next` hangs in `return` as well.
    void Promise.resolve(told?.return?.()).catch(() => undefined);
  }
}

/** Not `Promise.race`, which would keep a reaction for every hint on a signal that lives for months. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | "aborted"> {
  return new Promise((resolve, reject) => {
    const aborted = () => resolve("aborted");
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}
