/** One connected cluster: the questions of the contract. */
import type { Host, Remote } from "../../src/adapter/contract.ts";
import { cancel, CANCEL_PACE, type CancelPace } from "./acting/cancel.ts";
import { find, retry, start } from "./acting/start.ts";
import { pauseJob, resumeJob } from "./acting/suspend.ts";
import type { KubernetesConfig } from "./config.ts";
import { jobs } from "./jobs.ts";
import { probe } from "./probe.ts";
import { changedSince, history, isOpen, observe, runs, vanishedSince } from "./reading.ts";
import { log, outputs, parts } from "./run-pods.ts";
import { openSession } from "./session.ts";
import { createMemory, type Memory } from "./watch/memory.ts";
import { PACE, type WatchPace } from "./watch/pace.ts";
import { watch } from "./watch/watch.ts";

export interface Paces {
  readonly watch: WatchPace;
  readonly cancel: CancelPace;
}

export interface KubernetesRemote extends Required<Omit<Remote, "gates" | "links">> {
  /** What the watch has seen: for whoever measures it. */
  readonly memory: Memory;
}

export function openRemote(config: KubernetesConfig, host: Host, paces: Partial<Paces> = {}): KubernetesRemote {
  const session = openSession(config, host);
  const memory = createMemory({
    groupBy: config.groupBy ?? null,
    defaultTimeZone: config.defaultTimeZone,
    dashboard: config.dashboard ?? null,
  });
  const positions = new Map<string, string>();
  const now = () => host.now();

  return {
    memory,
    probe: async (signal) => probe(await session.talk(signal), now),

    async *jobs(signal) {
      yield* jobs(await session.talk(signal));
    },
    async *runs(since, signal) {
      const talk = await session.talk(signal);
      let readAt: Date | null = null;
      for await (const page of runs(talk, memory, changedSince(since))) {
        readAt ??= page.readAt;
        yield page;
      }
      const vanished = vanishedSince(memory, since, readAt ?? now());
      if (vanished) yield vanished;
    },
    async *open(signal) {
      yield* runs(await session.talk(signal), memory, isOpen);
    },
    async *history(window, signal) {
      yield* history(await session.talk(signal), memory, window);
    },
    observe: async (refs, signal) => observe(await session.talk(signal), memory, refs, now),
    watch: (signal) => watch({ session, memory, host, pace: paces.watch ?? PACE, positions }, signal),

    start: async (request, signal) => start(await session.talk(signal), memory, request),
    find: async ({ jobId, key }, signal) => find(await session.talk(signal), memory, jobId, key),
    cancel: async (run, reason, signal) => cancel(await session.talk(signal), run, reason, paces.cancel ?? CANCEL_PACE),
    retry: async (request, signal) => retry(await session.talk(signal), request),
    pause: async (jobId, signal) => pauseJob(await session.talk(signal), jobId),
    resume: async (jobId, signal) => resumeJob(await session.talk(signal), jobId, host.log),

    log: async (run, range, signal) => log(await session.talk(signal), run, range),
    outputs: async (run, signal) => outputs(await session.talk(signal), memory, run),
    parts: async (run, signal) => parts(await session.talk(signal), run),

    close: async () => session.close(),
  };
}
