/**
 * Looks after everybody who reads a stream: whoever takes nothing any more, or may no longer read, is let go. One timer
 * for all of them.
 */
import type { Clock } from "../../lib/clock.ts";
import type { Metrics } from "../../telemetry/metrics.ts";

export interface StreamReader {
  /** When the message now on its way was begun, by the clock's `monotonicMs`; null when none is. */
  sendingSinceMs(): number | null;
  bufferedBytes(): number;
  /** Whether its token or session is still good. */
  allowed(): Promise<boolean>;
  drop(why: DropReason): void;
}

export type DropReason = "stuck" | "not-allowed";

export interface WatchOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** One message has this long to leave. */
  readonly stuckAfterMs: number;
  /** How often the right to read is asked for anew. */
  readonly recheckMs: number;
}

/** Of what one reader may cost in all, 2 MB, the part that may lie in its socket. */
const MAX_BUFFERED_BYTES = 1_000_000;

export class ReaderWatch {
  readonly #options: WatchOptions;
  readonly #readers = new Set<StreamReader>();
  readonly #timer: NodeJS.Timeout;
  #recheckedMs: number;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#recheckedMs = options.clock.monotonicMs();
    const everyMs = Math.min(1_000, options.stuckAfterMs / 2, options.recheckMs / 2);
    this.#timer = setInterval(() => void this.look(), everyMs).unref();
  }

  get readers(): number {
    return this.#readers.size;
  }

  add(reader: StreamReader): void {
    this.#readers.add(reader);
  }

  remove(reader: StreamReader): void {
    this.#readers.delete(reader);
  }

  async look(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    for (const reader of this.#readers) if (this.#isStuck(reader, nowMs)) this.#drop(reader, "stuck");
    if (nowMs - this.#recheckedMs < this.#options.recheckMs) return;
    this.#recheckedMs = nowMs;
    await Promise.all([...this.#readers].map((reader) => this.#recheck(reader)));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#readers.clear();
  }

  #isStuck(reader: StreamReader, nowMs: number): boolean {
    const since = reader.sendingSinceMs();
    return (
      reader.bufferedBytes() > MAX_BUFFERED_BYTES || (since !== null && nowMs - since > this.#options.stuckAfterMs)
    );
  }

  async #recheck(reader: StreamReader): Promise<void> {
    // A database that is away for a moment takes nobody's right away.
    const allowed = await reader.allowed().catch(() => true);
    if (!allowed) this.#drop(reader, "not-allowed");
  }

  #drop(reader: StreamReader, why: DropReason): void {
    if (!this.#readers.delete(reader)) return;
    if (why === "stuck") this.#options.metrics.subscriptionsDropped.inc();
    reader.drop(why);
  }
}
