/**
 * Works off what is due: claims, hands off, renews what takes long. All of it is a loop over a predicate, so that there is
 * nothing to recover: an intent that was stranded by whatever means is due again when its lease has ended.
 */
import { setMaxListeners } from "node:events";
import type { Service } from "../../lib/service.ts";
import { INTENT_STATES, isSettled } from "../../model/intent.ts";
import { claimIntents, releaseIntents, renewIntents } from "../../store/intent/claim.ts";
import { queueDepths } from "../../store/intent/depth.ts";
import type { Intent } from "../../store/intent/intent.ts";
import { stopWatching } from "../../store/intent/watched.ts";
import { handOff } from "./hand-off.ts";
import type { HandOffDeps } from "./holding.ts";

export interface EngineDeps extends Omit<HandOffDeps, "stopping"> {
  /** Unlike that of any other replica that ever ran. */
  readonly owner: string;
  /** Somebody may wait for this intent. */
  readonly onMoved?: (intent: Pick<Intent, "sourceId" | "id">) => void;
}

export interface HandOffService extends Service {
  /** There is something to do. */
  wake(): void;
  /** Claims what is due, sees it through one step, and answers with how many there were. */
  runOnce(): Promise<number>;
  readonly alive: boolean;
}

const POLL_MS = 500;
const CHORES_MS = 5_000;
const MOST_IN_HAND = 64;
/** Of one source, so that a tool that hangs holds up its own and no other. */
const MOST_OF_A_SOURCE = 8;
const DEAD_AFTER_MS = 10_000;
/** How long `stop` waits for answers: one that comes leaves no doubt behind. */
const PATIENCE_MS = 6_000;

export function createHandOff(deps: EngineDeps): HandOffService {
  const { db, clock, log, metrics, owner, times, onMoved } = deps;
  const inHand = new Map<string, { readonly intent: Intent; readonly done: Promise<void> }>();
  const givingUp = new AbortController();
  // One signal for every call in hand; that is no leak.
  setMaxListeners(0, givingUp.signal);
  const pause = createPause();
  let stopped = true;
  let looping: Promise<void> = Promise.resolve();
  let renewing: NodeJS.Timeout | null = null;
  let tickedAt = Number.NEGATIVE_INFINITY;
  let choresAt = Number.NEGATIVE_INFINITY;

  async function loop(): Promise<void> {
    for (;;) {
      if (stopped) return;
      let begun = 0;
      try {
        begun = (await begin()).length;
        await doChores();
        tickedAt = clock.monotonicMs();
      } catch (error) {
        log.error({ err: error }, "what is due could not be claimed");
      }
      if (begun === 0 || inHand.size >= MOST_IN_HAND) await pause.for(POLL_MS);
    }
  }

  async function begin(): Promise<Promise<void>[]> {
    const limit = MOST_IN_HAND - inHand.size;
    if (limit <= 0) return [];
    const claimed = await claimIntents(db, { owner, limit, leaseMs: times.leaseMs, busy: busySources() });
    const counts = countBySource();
    const mine = claimed.filter(({ sourceId }) => take(counts, sourceId));
    // Claimed beyond a source's share: somebody with hands free may have it at once.
    await releaseIntents(
      db,
      claimed.filter((intent) => !mine.includes(intent)),
    );
    return mine.map(seeThrough);
  }

  function seeThrough(intent: Intent): Promise<void> {
    const name = `${intent.sourceId}/${intent.id}/${intent.epoch}`;
    const done = step(intent).finally(() => {
      inHand.delete(name);
      pause.wake();
    });
    inHand.set(name, { intent, done });
    return done;
  }

  async function step(intent: Intent): Promise<void> {
    try {
      const moved = await handOff({ ...deps, stopping: givingUp.signal }, intent);
      onMoved?.(intent);
      if (moved.state !== "superseded" && !isSettled(moved.state)) wakeIn(moved.againInMs);
    } catch (error) {
      // The database, most likely. What was sent is in doubt now, and is looked after when the lease has ended.
      log.error({ err: error, source: intent.source, intent: intent.id }, "a step of an intent could not be kept");
    }
  }

  /** A little later than due, or the look would come a moment too early and wait for the next one. */
  function wakeIn(ms: number): void {
    if (ms < POLL_MS) setTimeout(() => pause.wake(), ms + 5).unref();
  }

  function busySources(): number[] {
    return [...countBySource()].filter(([, count]) => count >= MOST_OF_A_SOURCE).map(([sourceId]) => sourceId);
  }

  function countBySource(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const { intent } of inHand.values()) counts.set(intent.sourceId, (counts.get(intent.sourceId) ?? 0) + 1);
    return counts;
  }

  async function renew(): Promise<void> {
    const holds = [...inHand.values()].map(({ intent }) => intent);
    await renewIntents(db, holds, times.leaseMs).catch((error: unknown) =>
      log.error({ err: error }, "leases of intents could not be renewed"),
    );
  }

  async function doChores(): Promise<void> {
    if (clock.monotonicMs() - choresAt < CHORES_MS) return;
    choresAt = clock.monotonicMs();
    await stopWatching(db);
    const depths = new Map((await queueDepths(db)).map((depth) => [depth.state, depth]));
    for (const queue of INTENT_STATES) {
      if (isSettled(queue)) continue;
      metrics.engineQueueDepth.set({ queue }, depths.get(queue)?.intents ?? 0);
      metrics.engineOldestQueued.set({ queue }, (depths.get(queue)?.oldest.getTime() ?? 0) / 1_000);
    }
  }

  return {
    get alive() {
      return !stopped && clock.monotonicMs() - tickedAt < DEAD_AFTER_MS;
    },
    wake: () => pause.wake(),
    async runOnce() {
      const begun = await begin();
      await Promise.all(begun);
      return begun.length;
    },
    start() {
      if (!stopped) return Promise.resolve();
      stopped = false;
      looping = loop();
      renewing = setInterval(() => void renew(), times.leaseMs / 3);
      return Promise.resolve();
    },
    async stop() {
      stopped = true;
      pause.wake();
      await looping;
      const giveUp = setTimeout(() => givingUp.abort(), PATIENCE_MS);
      await Promise.all([...inHand.values()].map(({ done }) => done));
      clearTimeout(giveUp);
      if (renewing) clearInterval(renewing);
    },
  };
}

function take(counts: Map<number, number>, sourceId: number): boolean {
  const count = counts.get(sourceId) ?? 0;
  if (count >= MOST_OF_A_SOURCE) return false;
  counts.set(sourceId, count + 1);
  return true;
}

/** A sleep that can be cut short, also before it begins. */
function createPause() {
  let woken = false;
  let end: (() => void) | null = null;
  return {
    wake() {
      woken = true;
      end?.();
    },
    async for(ms: number): Promise<void> {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      end = null;
      woken = false;
    },
  };
}
