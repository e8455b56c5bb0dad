/** The loop of one source. It shares nothing with any other but the process: what hangs or explodes here stays here. */
import { isAbort } from "../adapter/abort.ts";
import { capabilitiesOf, type Remote } from "../adapter/contract.ts";
import type { Registry } from "../adapter/registry.ts";
import type { Secrets } from "../adapter/secrets.ts";
import type { Clock } from "../lib/clock.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import type { Db } from "../store/db.ts";
import { type KnownSource, noteCapabilities } from "../store/sources.ts";
import { Fenced, type Lease } from "../store/sync/lease.ts";
import { NOW, readMarks, writeMarks } from "../store/sync/marks.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type Hints, listen, lookAt, MOST_HINTS } from "./listen.ts";
import { nextDelayMs } from "./pace.ts";
import type { SyncContext } from "./pass.ts";
import { readSettings } from "./settings.ts";
import { forgetSource, presentSource, showPass } from "./source-metrics.ts";
import { faultOf, faultStatus, syncOnce } from "./sync-once.ts";

export interface SyncDeps {
  readonly store: { readonly db: Db };
  readonly adapters: Pick<Registry, "connect">;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Unlike that of any other replica that ever ran. */
  readonly owner: string;
  /** Runs that somebody waits for, by source. */
  readonly hotRuns?: (sourceId: number) => readonly ForeignRunRef[];
  readonly random?: () => number;
}

export interface SourceLoop {
  readonly lease: Lease;
  /** Which declaration it reads by. */
  readonly version: string;
  /** Ends the pause before the next pass, if there is one. */
  wake(): void;
  /** Resolves when nothing is under way. Never throws. */
  stop(): Promise<void>;
}

export function startLoop(deps: SyncDeps, source: KnownSource, lease: Lease, onFenced: () => void): SourceLoop {
  const stopping = new AbortController();
  const log = deps.log.child({ source: source.name });
  const pause = createPause(stopping.signal);
  presentSource(deps.metrics, source);
  const line = createLine(deps, source, lease, log, { signal: stopping.signal, onHint: () => pause.wake() });
  let passWanted = false;
  const running = run();

  async function run(): Promise<void> {
    try {
      await loop();
    } finally {
      // Fenced, nobody has asked us to stop; but the watch must not go on listening.
      stopping.abort();
      forgetSource(deps.metrics, source);
      await line.close();
    }
  }

  async function loop(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await rest(await line.pass());
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted || isAbort(error)) continue;
        if (error instanceof Fenced) return fenced();
        failures += 1;
        // The database, most likely. There is nowhere to write it to, and nothing to do but to come back.
        log.error({ err: error }, "a pass over the source could not be kept");
        await pause.for(afterOurs(failures, deps.random));
      }
    }
  }

  /** Until the next pass, or until somebody wants one; what the source tells of meanwhile is read at once. */
  async function rest(delayMs: number): Promise<void> {
    const until = deps.clock.monotonicMs() + delayMs;
    for (let leftMs = delayMs; leftMs > 0; leftMs = until - deps.clock.monotonicMs()) {
      await pause.for(leftMs);
      const told = line.told();
      if (passWanted || told.length === 0 || told.length > MOST_HINTS || stopping.signal.aborted) break;
      await line.lookAt(told);
    }
    passWanted = false;
  }

  function fenced(): void {
    deps.metrics.sourceFenced.inc({ source: source.name });
    log.warn({ epoch: lease.epoch }, "the source has been taken over by another replica");
    onFenced();
  }

  return {
    lease,
    version: source.version,
    wake() {
      passWanted = true;
      pause.wake();
    },
    async stop() {
      stopping.abort();
      await running.catch((error: unknown) => log.error({ err: error }, "the loop of the source ended badly"));
    },
  };
}

/** The line to one remote: opened at the first pass, and opened anew as long as its config will not do. */
function createLine(
  deps: SyncDeps,
  source: KnownSource,
  lease: Lease,
  log: Logger,
  { signal, onHint }: { readonly signal: AbortSignal; readonly onHint: () => void },
) {
  const { store, adapters, clock, metrics, secrets, hotRuns, random } = deps;
  const { db } = store;
  let remote: Remote | null = null;
  let hints: Hints | null = null;

  async function open(): Promise<Remote> {
    const opened = adapters.connect(source.adapter, source.config, {
      source: source.name,
      clock,
      log,
      metrics,
      secrets,
    });
    await noteCapabilities(db, source.id, capabilitiesOf(opened));
    return opened;
  }

  function contextOf(reached: Remote): SyncContext {
    const waiting = hotRuns && (() => hotRuns(source.id));
    const optional = { ...(waiting && { hotRuns: waiting }), ...(random && { random }) };
    const settings = readSettings(source.sync);
    return { db, lease, source, remote: reached, settings, clock, metrics, log, signal, ...optional };
  }

  return {
    told: () => hints?.take() ?? [],
    async lookAt(runs: readonly ForeignRunRef[]): Promise<void> {
      if (remote) await lookAt(contextOf(remote), runs);
    },
    /** Answers with the time until the next one. */
    async pass(): Promise<number> {
      try {
        remote ??= await open();
      } catch (error) {
        return reportMisfit(deps, source, lease, error as Error);
      }
      const report = await syncOnce(contextOf(remote));
      hints ??= listen(remote, { signal, log, onHint });
      if (report.error) log.warn({ err: report.error, fault: faultOf(report.error) }, "the source could not be read");
      showPass(metrics, source, report, clock.now());
      return report.delayMs;
    },
    async close(): Promise<void> {
      await remote?.close?.().catch((error: unknown) => log.warn({ err: error }, "the remote could not be closed"));
    },
  };
}

/** An unknown kind, a config that no longer fits: the source says so, and is looked at again by and by. */
async function reportMisfit(deps: SyncDeps, source: KnownSource, lease: Lease, error: Error): Promise<number> {
  const { db } = deps.store;
  const marks = await readMarks(db, lease.sourceId);
  const failures = marks.failures + 1;
  const delayMs = afterOurs(failures, deps.random);
  const status = { ...faultStatus(error, marks.reachable), failures, attempted_at: NOW, pace_ms: delayMs };
  await writeMarks(db, lease, status);
  showPass(deps.metrics, source, { error }, deps.clock.now());
  return delayMs;
}

function afterOurs(failures: number, random = Math.random): number {
  const quiet = { latencyMs: 0, activeRuns: 0, hot: false, catchingUp: false, changed: 0 };
  return nextDelayMs({ ...quiet, failures, everyMs: null, retryAfterMs: null, random: random() });
}

/** A sleep that can be cut short, also before it begins. */
function createPause(signal: AbortSignal) {
  let woken = false;
  let end: (() => void) | null = null;
  const wake = () => {
    woken = true;
    end?.();
  };
  signal.addEventListener("abort", wake, { once: true });
  return {
    wake,
    async for(milliseconds: number): Promise<void> {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      end = null;
      woken = signal.aborted;
    },
  };
}
