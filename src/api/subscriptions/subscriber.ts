/**
 * One subscription's side of the feed. It holds a few runs that wait to be sent, the newest sight of each; then only the
 * ids of further ones, which are read anew when there is room; then only the word that something was missed.
 */
import type { RunFilter, RunView } from "../../model/view.ts";
import type { RowKey } from "../../store/read/row-key.ts";

/** A run as it stands now, or the word that changes may have been missed. */
export type RunEvent = RunView | "missed";

/** A run may carry kilobytes of parameters; thirty-two of them stay far below the 2 MB one reader may cost. */
const MAX_READY = 32;
/** About 80 bytes each. */
const MAX_BEHIND = 5_000;

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

export interface SubscriberHooks {
  /** There is room again: these shall be read anew. */
  onRoom(keys: readonly RowKey[]): void;
  onEnd(): void;
}

export class Subscriber implements AsyncIterableIterator<RunEvent> {
  readonly filter: RunFilter;
  readonly #hooks: SubscriberHooks;
  readonly #ready = new Map<string, RunView>();
  readonly #behind = new Map<string, RowKey>();
  #missed = false;
  #ended = false;
  #waiting: ((result: IteratorResult<RunEvent, undefined>) => void) | null = null;

  constructor(filter: RunFilter, hooks: SubscriberHooks) {
    this.filter = filter;
    this.#hooks = hooks;
  }

  offer(run: RunView): void {
    const key = `${run.sourceId}:${run.id}`;
    if (this.#ended) return;
    if (this.#ready.has(key) || this.#ready.size < MAX_READY) {
      this.#ready.set(key, run);
      this.#behind.delete(key);
    } else {
      this.#behind.set(key, { sourceId: run.sourceId, id: run.id });
      if (this.#behind.size > MAX_BEHIND) this.miss();
    }
    this.#wake();
  }

  /** What waits is of the past by now and is let go: the reader will read its list again. */
  miss(): void {
    this.#ready.clear();
    this.#behind.clear();
    this.#missed = true;
    this.#wake();
  }

  next(): Promise<IteratorResult<RunEvent, undefined>> {
    const event = this.#take();
    if (event !== null) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve(END);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.#ended) {
      this.#ended = true;
      this.#ready.clear();
      this.#behind.clear();
      this.#missed = false;
      this.#waiting?.(END);
      this.#waiting = null;
      this.#hooks.onEnd();
    }
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wake(): void {
    if (!this.#waiting) return;
    const event = this.#take();
    if (event === null) return;
    this.#waiting({ done: false, value: event });
    this.#waiting = null;
  }

  #take(): RunEvent | null {
    if (this.#missed) {
      this.#missed = false;
      return "missed";
    }
    const [first] = this.#ready;
    if (!first) return null;
    this.#ready.delete(first[0]);
    if (this.#ready.size === 0) this.#askForMore();
    return first[1];
  }

  #askForMore(): void {
    const keys = [...this.#behind].slice(0, MAX_READY);
    for (const [name] of keys) this.#behind.delete(name);
    if (keys.length > 0) this.#hooks.onRoom(keys.map(([, key]) => key));
  }
}
