/**
 * What this process has already read. It saves requests and nothing else: without it every answer is the same, and is
 * asked for with more of them. A build that has ended never changes, and one on an executor is still running.
 */
import type { ForeignRun } from "../../src/model/foreign.ts";

export interface KnownBuild {
  readonly run: ForeignRun;
  readonly open: boolean;
  /** When it was seen to change: our reading's time, for Jenkins dates only beginnings. */
  readonly changedAtMs: number;
}

export interface KnownJob {
  /** All builds below this number that matter are in `builds`. */
  readonly next: number;
  /** From when on every change is known. */
  readonly sinceMs: number;
  readonly builds: ReadonlyMap<number, KnownBuild>;
}

export interface Memory {
  job(id: string): KnownJob | null;
  /** True before anything was read, and for a moment before that. */
  isEmptyFor(sinceMs: number): boolean;
  keep(id: string, job: KnownJob): void;
  /** All other jobs are gone. */
  keepOnly(ids: ReadonlySet<string>): void;
  /** Forgets all when the controller was restarted: what was open then may have ended in any way. */
  meet(session: string | null): void;
  entries(): Iterable<readonly [string, KnownJob]>;
}

export function createMemory(): Memory {
  const jobs = new Map<string, KnownJob>();
  let session: string | null = null;

  return {
    job: (id) => jobs.get(id) ?? null,
    isEmptyFor(sinceMs) {
      const [first] = jobs.values();
      return first === undefined || first.sinceMs > sinceMs;
    },
    keep: (id, job) => void jobs.set(id, job),
    keepOnly(ids) {
      for (const id of jobs.keys()) if (!ids.has(id)) jobs.delete(id);
    },
    meet(now) {
      if (session !== null && now !== null && now !== session) jobs.clear();
      session = now ?? session;
    },
    entries: () => jobs.entries(),
  };
}
