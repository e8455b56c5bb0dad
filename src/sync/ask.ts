/**
 * Asking a remote without trusting it: an answer that does not come, an error that is not ours, a listing without end.
 * Whatever an adapter does, its caller gets pages, a `RemoteError`, an `AdapterBug` or an abort.
 */
import { abortOf } from "../adapter/abort.ts";
import type { Page } from "../adapter/contract.ts";
import { RemoteError } from "../adapter/remote-error.ts";

/** The boundary ends a request after 30 s and may repeat it; past this, an adapter is stuck. */
const SILENCE_MS = 120_000;
/** No tool lists as much in one go; what does has lost its end. */
const MOST_ITEMS = 2_000_000;

/** The adapter threw something that is no `RemoteError`: our mistake, which ends the pass and not the loop. */
export class AdapterBug extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "AdapterBug";
  }
}

export interface Asking {
  readonly signal: AbortSignal;
  readonly silenceMs?: number;
  /** Called with the time the remote took, without ours. */
  onAnswer?(tookMs: number): void;
  monotonicMs(): number;
}

/** One answer, or an error after the silence; the question itself is aborted then. */
export async function ask<T>(asking: Asking, question: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([asking.signal, giveUp.signal]);
  const began = asking.monotonicMs();
  try {
    return await settle(question, asking, signal);
  } catch (error) {
    if (asking.signal.aborted) throw abortOf(asking.signal);
    throw error instanceof RemoteError ? error : new AdapterBug(error);
  } finally {
    asking.onAnswer?.(asking.monotonicMs() - began);
    giveUp.abort();
  }
}

/** The pages of a listing, each waited for like one answer. */
export async function* askPages<T>(
  asking: Asking,
  list: (signal: AbortSignal) => AsyncIterable<Page<T>>,
): AsyncGenerator<Page<T>> {
  const leave = new AbortController();
  const signal = AbortSignal.any([asking.signal, leave.signal]);
  let items = 0;
  let pages: AsyncIterator<Page<T>> | null = null;
  try {
    for (;;) {
      const next = await ask(asking, () => (pages ??= list(signal)[Symbol.asyncIterator]()).next());
      if (next.done) return;
      items += next.value.items.length;
      if (items > MOST_ITEMS) throw endless();
      yield next.value;
    }
  } finally {
    // Not awaited: an iterator that hangs in `next` hangs in `return` as well.
    leave.abort();
    void Promise.resolve((pages as AsyncIterator<Page<T>> | null)?.return?.()).catch(() => undefined);
  }
}

async function settle<T>(
  question: (signal: AbortSignal) => Promise<T>,
  { silenceMs = SILENCE_MS }: Asking,
  signal: AbortSignal,
): Promise<T> {
  if (signal.aborted) throw abortOf(signal);
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(silent(silenceMs)), silenceMs);
    const aborted = () => reject(abortOf(signal));
    signal.addEventListener("abort", aborted, { once: true });
    // Inside `then`, so that what throws before its first promise is caught as well.
    Promise.resolve()
      .then(() => question(signal))
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
      });
  });
}

function silent(silenceMs: number): RemoteError {
  return new RemoteError(`no answer within ${silenceMs / 1_000} s`, { fault: "unreachable", passing: true });
}

function endless(): RemoteError {
  return new RemoteError(`a listing of more than ${MOST_ITEMS} rows; it seems to have no end`, {
    fault: "malformed",
    passing: true,
  });
}
