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
import { lookAt } from "./look-at.ts";
import { nextDelayMs } from "./pace.ts";
import type { SyncContext } from "./pass.ts";
import { createRest } from "./rest.ts";
import { readSettings } from "./settings.ts";
import { forgetSource, presentSource, showPass } from "./source-metrics.ts";
import { faultOf, faultStatus, syncOnce } from "./sync-once.ts";
import { keepWatching, type Watching } from "./watch.ts";

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
  presentSource(deps.metrics, source);
  const rest = createRest({ signal: stopping.signal, clock: deps.clock, look: (runs) => line.look(runs) });
  const line = createLine({ ...deps, log }, source, lease, {
    signal: stopping.signal,
    onHint: (run) => rest.hint(run),
  });
  const running = run();

  async function run(): Promise<void> {
    try {
      await loop();
    } finally {
      // Fenced, it ends without having been told to; what it started ends with it.
      stopping.abort();
      forgetSource(deps.metrics, source);
      await line.close();
    }
  }

  async function loop(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await rest.for(await line.pass());
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted || isAbort(error)) continue;
        if (error instanceof Fenced) return fenced();
        failures += 1;
        // The database, most likely. There is nowhere to write it to, and nothing to do but to come back.
        log.error({ err: error }, "a pass over the source could not be kept");
        await rest.deafFor(afterOurs(failures, deps.random));
      }
    }
  }

  function fenced(): void {
    deps.metrics.sourceFenced.inc({ source: source.name });
    log.warn({ epoch: lease.epoch }, "the source has been taken over by another replica");
    onFenced();
  }

  return {
    lease,
    version: source.version,
    wake: () => rest.wake(),
    async stop() {
      stopping.abort();
      await running.catch((error: unknown) => log.error({ err: error }, "the loop of the source ended badly"));
    },
  };
}

interface Listener {
  readonly signal: AbortSignal;
  readonly onHint: (run: ForeignRunRef) => void;
}

/** The line to one remote: opened at the first pass, and opened anew as long as its config will not do. */
function createLine(deps: SyncDeps, source: KnownSource, lease: Lease, { signal, onHint }: Listener) {
  const { store, adapters, clock, metrics, secrets, log, hotRuns, random } = deps;
  const { db } = store;
  let remote: Remote | null = null;
  let watching: Promise<void> | null = null;

  async function open(): Promise<Remote> {
    const opened = adapters.connect(source.adapter, source.config, {
      source: source.name,
      clock,
      log,
      metrics,
      secrets,
    });
    await noteCapabilities(db, source.id, capabilitiesOf(opened));
    if (opened.watch) watching = keepWatching(watchOver({ ...deps, signal, onHint }, source, opened));
    return opened;
  }

  function contextOf(opened: Remote): SyncContext {
    const settings = readSettings(source.sync);
    const waiting = hotRuns && (() => hotRuns(source.id));
    const optional = { ...(waiting && { hotRuns: waiting }), ...(random && { random }) };
    return { db, lease, source, remote: opened, settings, clock, metrics, log, signal, ...optional };
  }

  return {
    /** Answers with the time until the next one. */
    async pass(): Promise<number> {
      try {
        remote ??= await open();
      } catch (error) {
        return reportMisfit(deps, source, lease, error as Error);
      }
      const report = await syncOnce(contextOf(remote));
      if (report.error) log.warn({ err: report.error, fault: faultOf(report.error) }, "the source could not be read");
      showPass(metrics, source, report, clock.now());
      return report.delayMs;
    },
    /** Whether the source answered. What is wrong with it is for the next pass to find and to say. */
    async look(runs: readonly ForeignRunRef[]): Promise<boolean> {
      return remote !== null && lookAt(contextOf(remote), runs);
    },
    async close(): Promise<void> {
      await watching;
      await remote?.close?.().catch((error: unknown) => log.warn({ err: error }, "the remote could not be closed"));
    },
  };
}

function watchOver(
  { clock, metrics, log, random, signal, onHint }: SyncDeps & Listener,
  { name: source }: KnownSource,
  remote: Remote,
): Watching {
  return {
    watch: (stop) => remote.watch?.(stop) ?? nothing(),
    signal,
    clock,
    ...(random && { random }),
    onHint(run) {
      metrics.sourceHints.inc({ source });
      onHint(run);
    },
    onLine(open, cause) {
      metrics.sourceWatched.set({ source }, open ? 1 : 0);
      if (cause) log.warn({ err: cause }, "the watch over the source broke; it is polled meanwhile");
    },
  };
}

async function* nothing(): AsyncGenerator<never> {}

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
