/**
 * From "these runs changed" to every subscriber, with a bound on what a slow one can cost.
 *
 *   changes (ids) ──► gathered for a moment ──► read in one batch for all ──► each subscriber's own few places
 *                                                                              full? only the id is kept
 *                                                                              too many ids? "missed" is kept
 *
 * Nothing is lost in silence: whoever may have missed something is told so in its place in the stream.
 */
import type { Change } from "../../model/change.ts";
import type { RunFilter, RunView } from "../../model/view.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import type { Reader } from "../../store/read/reader.ts";
import type { RowKey } from "../../store/read/row-key.ts";
import { readWhole } from "./read-whole.ts";
import { runMatches } from "./run-matches.ts";
import { Subscriber, type RunEvent } from "./subscriber.ts";

/** Changes closer together than this arrive as one: a run that flickers is told once, and a burst is one statement. */
const GATHER_MS = 50;
/** A long import announces more than anybody can follow, many times a second; being told so twice a second is enough. */
const MISSED_EVERY_MS = 500;
const MAX_BATCH = 500;
/** While the database is slow, ids gather; beyond this many the list is worth more than its changes. */
const MAX_GATHERED = 20_000;

export interface RunFeedOptions {
  readonly reader: Reader;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export class RunFeed {
  readonly #options: RunFeedOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #gathered = new Map<string, RowKey>();
  readonly #missedIn = new Set<number | "everywhere">();
  #batchTimer: NodeJS.Timeout | null = null;
  #missedTimer: NodeJS.Timeout | null = null;
  #reading = false;

  constructor(options: RunFeedOptions) {
    this.#options = options;
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  subscribe(filter: RunFilter): AsyncIterableIterator<RunEvent> {
    const subscriber = new Subscriber(filter, {
      onRoom: (keys) => this.#gather(keys),
      onEnd: () => {
        this.#subscribers.delete(subscriber);
        this.#options.metrics.subscriptionsActive.set(this.#subscribers.size);
      },
    });
    this.#subscribers.add(subscriber);
    this.#options.metrics.subscriptionsActive.set(this.#subscribers.size);
    return subscriber;
  }

  change({ sourceId, runs }: Change): void {
    if (runs === "many") this.#miss(sourceId);
    else this.#gather(runs.map((id) => ({ sourceId, id })));
  }

  /** The listener was away: anything may have happened. */
  gap(): void {
    this.#miss("everywhere");
  }

  stop(): void {
    if (this.#batchTimer) clearTimeout(this.#batchTimer);
    if (this.#missedTimer) clearTimeout(this.#missedTimer);
    for (const subscriber of this.#subscribers) void subscriber.return();
  }

  #gather(keys: readonly RowKey[]): void {
    if (this.#subscribers.size === 0 || keys.length === 0) return;
    for (const key of keys) this.#gathered.set(`${key.sourceId}:${key.id}`, key);
    if (this.#gathered.size > MAX_GATHERED) {
      this.#gathered.clear();
      this.#miss("everywhere");
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#batchTimer || this.#reading || this.#gathered.size === 0) return;
    this.#batchTimer = setTimeout(() => {
      this.#batchTimer = null;
      void this.#tell();
    }, GATHER_MS).unref();
  }

  async #tell(): Promise<void> {
    const entries = [...this.#gathered].slice(0, MAX_BATCH);
    for (const [name] of entries) this.#gathered.delete(name);
    this.#reading = true;
    try {
      const runs = await readWhole(
        this.#options.reader,
        entries.map(([, key]) => key),
      );
      for (const run of runs) this.#deliver(run);
    } catch (error) {
      this.#options.log.warn(
        { err: error, runs: entries.length },
        "changed runs could not be read; subscribers are told",
      );
      this.#miss("everywhere");
    } finally {
      this.#reading = false;
      this.#schedule();
    }
  }

  #deliver(run: RunView): void {
    for (const subscriber of this.#subscribers) {
      if (runMatches(subscriber.filter, run)) subscriber.offer(run);
    }
  }

  #miss(where: number | "everywhere"): void {
    if (this.#subscribers.size === 0) return;
    this.#missedIn.add(where);
    this.#missedTimer ??= setTimeout(() => {
      this.#missedTimer = null;
      void this.#tellMissed();
    }, MISSED_EVERY_MS).unref();
  }

  async #tellMissed(): Promise<void> {
    const where = [...this.#missedIn];
    this.#missedIn.clear();
    const names = where.includes("everywhere") ? null : await this.#namesOf(where as number[]);
    for (const subscriber of this.#subscribers) if (concerns(subscriber.filter, names)) subscriber.miss();
  }

  /** Null, which concerns everybody, when the names cannot be told. */
  async #namesOf(sourceIds: readonly number[]): Promise<readonly string[] | null> {
    try {
      return (await this.#options.reader.sourcesByIds(sourceIds)).map(({ name }) => name);
    } catch {
      return null;
    }
  }
}

function concerns(filter: RunFilter, sources: readonly string[] | null): boolean {
  if (sources === null) return true;
  if (filter.source && !filter.source.some((name) => sources.includes(name))) return false;
  return filter.job === undefined || filter.job.some((reference) => sources.includes(reference.split("/", 1)[0] ?? ""));
}
