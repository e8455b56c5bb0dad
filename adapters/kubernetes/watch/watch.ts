/** All watches of one source at once: the Jobs of each scope, and the pods that work for them. */
import type { Host } from "../../../src/adapter/contract.ts";
import { readBody } from "../../../src/adapter/rows.ts";
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import { scopesOf } from "../client.ts";
import { versionBody } from "../rows.ts";
import type { Session } from "../session.ts";
import { follow, type FollowDeps } from "./follow.ts";
import { jobFollower, podFollower } from "./followers.ts";
import { createHints } from "./hints.ts";
import type { Memory } from "./memory.ts";
import type { WatchPace } from "./pace.ts";
import { comparesVersions } from "./version.ts";

export interface WatchOptions {
  readonly session: Session;
  readonly memory: Memory;
  readonly host: Host;
  readonly pace: WatchPace;
  readonly positions: Map<string, string>;
  readonly random?: () => number;
}

/** Changes as they happen, until an abort. It begins with all that is there: whoever came late has missed nothing. */
export async function* watch(options: WatchOptions, signal: AbortSignal): AsyncGenerator<ForeignRunRef> {
  const { session, memory, host, pace, positions, random = Math.random } = options;
  const { config } = await session.talk(signal);
  const leave = new AbortController();
  const ended = AbortSignal.any([signal, leave.signal]);
  const hints = createHints();
  let comparable = false;
  const deps: FollowDeps = { session, pace, log: host.log, positions, random, now: () => host.now() };
  const shared = {
    memory,
    tell: hints.tell,
    labelSelector: config.labelSelector ?? null,
    comparesVersions: () => comparable,
  };
  const versionAsked = serverVersion(session, ended).then(comparesVersions, () => false);
  // Not to know it costs a few replays.
  const learned = versionAsked.then((answer) => (comparable = answer));
  const followers = scopesOf({ config }).flatMap((scope) => [jobFollower(scope, shared), podFollower(scope, shared)]);
  const running = followers.map((follower) =>
    follow(follower, deps, ended).catch((error: unknown) => hints.fail(error)),
  );
  try {
    yield* hints.read(signal);
  } finally {
    leave.abort();
    await Promise.all([...running, learned]);
  }
}

async function serverVersion(session: Session, signal: AbortSignal): Promise<string> {
  const { http } = await session.talk(signal);
  return readBody(versionBody, await http.get("/version", { signal }), "a version").gitVersion;
}
