/**
 * Reads every source that it may: claims what nobody reads, gives each its own loop, follows what people declare.
 *
 * All of it is one tick a second over a predicate, so that there is nothing to recover: a source that was stranded by
 * whatever means is found by the next tick of any replica.
 */
import type { Service } from "../lib/service.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import { type WatchedRun, watchedRuns } from "../store/intent/watched.ts";
import { knownSource, sourceVersions } from "../store/sources.ts";
import { claimSources, type Lease, releaseSource, renewLeases, takeFairShare } from "../store/sync/lease.ts";
import { type SourceLoop, startLoop, type SyncDeps } from "./source-loop.ts";

export type { SyncDeps } from "./source-loop.ts";

export interface SyncService extends Service {
  /** Reads the source now, if this replica reads it at all. */
  wake(source: string): void;
  /** How many sources this replica reads. */
  readonly held: number;
  /** Whether it has looked for work lately. A replica that has not shows a past that nobody renews. */
  readonly alive: boolean;
}

const TICK_MS = 1_000;
/** As long as a lease: by then another replica reads what this one held. */
const DEAD_AFTER_MS = 10_000;
const RENEW_MS = 3_000;
const CLAIM_AT_ONCE = 50;
/** How long `stop` waits for a loop whose adapter will not let go. */
const PATIENCE_MS = 5_000;

interface Held {
  readonly name: string;
  readonly loop: SourceLoop;
}

export function createSync(deps: SyncDeps): SyncService {
  const { log, clock, owner } = deps;
  const { db } = deps.store;
  const held = new Map<number, Held>();
  /** Runs that somebody waits for, by source, as the last tick found them. */
  let hot: ReadonlyMap<number, readonly ForeignRunRef[]> = new Map();
  let timer: NodeJS.Timeout | null = null;
  let ticking: Promise<void> = Promise.resolve();
  let stopped = true;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let tickedAt = Number.NEGATIVE_INFINITY;

  function schedule(afterMs: number): void {
    timer = setTimeout(() => void (ticking = tickAndGoOn()), afterMs);
  }

  async function tickAndGoOn(): Promise<void> {
    try {
      await tick();
      tickedAt = clock.monotonicMs();
    } catch (error) {
      log.error({ err: error }, "the sources could not be claimed or renewed");
    }
    if (!stopped) schedule(TICK_MS);
  }

  async function tick(): Promise<void> {
    const now = clock.monotonicMs();
    if (now - renewedAt >= RENEW_MS) {
      await dropLost(await renewLeases(db, leases()));
      renewedAt = now;
    }
    await followDeclarations();
    for (const lease of await claim()) await begin(lease);
    await warmUp();
  }

  /** What was begun or stopped through us is asked for at once, and as often as it may until it ends. */
  async function warmUp(): Promise<void> {
    const before = hot;
    const found = await watchedRuns(db, [...held.keys()]);
    hot = groupBySource(found);
    for (const [sourceId, runs] of hot) {
      const known = new Set((before.get(sourceId) ?? []).map(nameOf));
      if (runs.some((run) => !known.has(nameOf(run)))) held.get(sourceId)?.loop.wake();
    }
  }

  function leases(): Lease[] {
    return [...held.values()].map(({ loop }) => loop.lease);
  }

  async function claim(): Promise<Lease[]> {
    const free = await claimSources(db, owner, CLAIM_AT_ONCE);
    return free.length > 0 ? free : takeFairShare(db, owner);
  }

  async function dropLost(renewed: readonly Lease[]): Promise<void> {
    const ours = new Set(renewed.map((lease) => lease.sourceId));
    const lost = [...held.keys()].filter((sourceId) => !ours.has(sourceId));
    await Promise.all(lost.map((sourceId) => end(sourceId)));
  }

  /** Stops what was removed; begins anew what was changed, under the same lease. */
  async function followDeclarations(): Promise<void> {
    if (held.size === 0) return;
    const versions = await sourceVersions(db);
    for (const [sourceId, { loop }] of held) {
      const version = versions.get(sourceId);
      if (version === loop.version) continue;
      await end(sourceId);
      if (version === undefined) await releaseSource(db, loop.lease);
      else await begin(loop.lease);
    }
  }

  async function begin(lease: Lease): Promise<void> {
    const source = await knownSource(db, lease.sourceId);
    if (!source || stopped) return void (await releaseSource(db, lease));
    // A lease claimed twice: the older loop is fenced by now, and must not be forgotten while it runs.
    await end(lease.sourceId);
    const hotRuns = (sourceId: number) => [...(hot.get(sourceId) ?? []), ...(deps.hotRuns?.(sourceId) ?? [])];
    const loop = startLoop({ ...deps, hotRuns }, source, lease, () => {
      if (held.get(lease.sourceId)?.loop === loop) held.delete(lease.sourceId);
    });
    held.set(lease.sourceId, { name: source.name, loop });
  }

  async function end(sourceId: number): Promise<void> {
    const loop = held.get(sourceId)?.loop;
    held.delete(sourceId);
    if (loop) await atMost(PATIENCE_MS, loop.stop());
  }

  return {
    get held() {
      return held.size;
    },
    get alive() {
      return !stopped && clock.monotonicMs() - tickedAt < DEAD_AFTER_MS;
    },
    start() {
      if (stopped) {
        stopped = false;
        schedule(0);
      }
      return Promise.resolve();
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await ticking;
      const ours = leases();
      await Promise.all([...held.keys()].map((sourceId) => end(sourceId)));
      // Given back one by one and in spite of errors: a lease that could not be released ends by itself.
      await Promise.all(
        ours.map((lease) =>
          releaseSource(db, lease).catch((error: unknown) =>
            log.warn({ err: error }, "a source could not be released"),
          ),
        ),
      );
    },
    wake(source) {
      for (const { name, loop } of held.values()) if (name === source) loop.wake();
    },
  };
}

function groupBySource(runs: readonly WatchedRun[]): Map<number, WatchedRun[]> {
  const groups = new Map<number, WatchedRun[]>();
  for (const run of runs) groups.set(run.sourceId, [...(groups.get(run.sourceId) ?? []), run]);
  return groups;
}

function nameOf({ jobId, runId }: ForeignRunRef): string {
  return `${jobId}\0${runId}`;
}

async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work, enough]);
  clearTimeout(timer);
}
