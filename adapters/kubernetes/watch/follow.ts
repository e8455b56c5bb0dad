/**
 * One resource in one scope, followed for ever: list, watch from the version of the list, and watch again from the last
 * version seen. Only a version that has expired makes it list anew, and what that list lacks was deleted unseen.
 */
import { isAbort } from "../../../src/adapter/abort.ts";
import type { HostLog } from "../../../src/adapter/contract.ts";
import { pause } from "../../../src/adapter/http/gate.ts";
import { isFault, RemoteError } from "../../../src/adapter/remote-error.ts";
import { type Chunk, listChunks, ListRestarted, pathOf, type Resource, type Scope } from "../client.ts";
import { statusBody, watchLine } from "../rows.ts";
import type { Session, Talk } from "../session.ts";
import { retryMs, type WatchPace } from "./pace.ts";

export type Change = "ADDED" | "MODIFIED" | "DELETED";

/** What becomes of what is seen. It may throw: one bad object does not end the watch. */
export interface Follower {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly labelSelector: string | null;
  seen(object: unknown, change: Change, readAt: Date): void;
  /** Begins a list of the whole scope. */
  listing(): Listing;
}

/** Chunk by chunk, for the objects of a large cluster are never held together. */
export interface Listing {
  take(objects: readonly unknown[]): void;
  /** It was whole: what it did not hold is gone. */
  done(readAt: Date): void;
}

export interface FollowDeps {
  readonly session: Session;
  readonly pace: WatchPace;
  readonly log: HostLog;
  /** Where each watch stood, by its path: what a second watch of the same source goes on from. */
  readonly positions: Map<string, string>;
  readonly random: () => number;
  readonly now: () => Date;
}

/** The version we held is no longer kept by the server. */
class Expired extends Error {}

/** Ends only with an abort. */
export async function follow(follower: Follower, deps: FollowDeps, signal: AbortSignal): Promise<never> {
  const { pace, log, random } = deps;
  const fields = { resource: follower.resource, namespace: follower.scope };
  for (let failures = 0; ; ) {
    try {
      await watchOnce(follower, deps, signal, () => {
        failures = 0;
      });
      await pause(pace.restartMs * (1 + random()), signal);
    } catch (error) {
      if (signal.aborted || isAbort(error)) throw error;
      if (error instanceof Expired) {
        log.info(fields, "the watch fell behind and lists anew");
        deps.positions.delete(keyOf(follower));
        continue;
      }
      failures += 1;
      const forbidden = isFault(error, "refused");
      if (failures === 1) log.warn({ ...fields, err: error }, "the watch was interrupted");
      const wishMs = error instanceof RemoteError ? (error.retryAfterMs ?? 0) : 0;
      await pause(Math.max(wishMs, forbidden ? pace.forbiddenMs : retryMs(pace, failures, random())), signal);
    }
  }
}

function keyOf({ resource, scope }: Follower): string {
  return pathOf(resource, scope);
}

async function watchOnce(
  follower: Follower,
  deps: FollowDeps,
  signal: AbortSignal,
  onAlive: () => void,
): Promise<void> {
  const { session, pace, positions, random } = deps;
  const talk = await session.talk(signal);
  const key = keyOf(follower);
  const from = positions.get(key) ?? (await listWhole(talk, follower));
  positions.set(key, from);
  const query = {
    watch: 1,
    resourceVersion: from,
    allowWatchBookmarks: true,
    timeoutSeconds: Math.round(pace.openSeconds * (1 + random() / 5)),
    labelSelector: follower.labelSelector,
  };
  const path = pathOf(follower.resource, follower.scope);
  const stream = await talk.http
    .stream(path, { signal, query, idleMs: pace.idleMs })
    .catch((error: unknown) => Promise.reject(isGone(error) ? new Expired() : error));
  // By the remote's clock: ours never decides what has been missed.
  const skewMs = stream.readAt.getTime() - deps.now().getTime();
  const remoteNow = () => new Date(deps.now().getTime() + skewMs);
  for await (const line of stream.lines) {
    if (line.trim() === "") continue;
    const version = hear(line, follower, deps, remoteNow());
    if (version) positions.set(key, version);
    onAlive();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof RemoteError && error.status === 410;
}

/** The version to go on from. An expired token in the middle of a list begins it anew, for a watch needs one moment. */
async function listWhole(talk: Talk, follower: Follower): Promise<string> {
  const { resource, scope, labelSelector } = follower;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const listing = follower.listing();
      let first: Chunk | null = null;
      for await (const chunk of listChunks(talk, resource, scope, { query: { labelSelector }, consistent: true })) {
        first ??= chunk;
        listing.take(chunk.rows);
      }
      if (!first?.resourceVersion) throw nameless(resource);
      listing.done(first.readAt);
      return first.resourceVersion;
    } catch (error) {
      if (!(error instanceof ListRestarted) || attempt >= 3) throw error;
    }
  }
}

function nameless(resource: Resource): RemoteError {
  return new RemoteError(`the list of ${resource} carries no resourceVersion`, { fault: "malformed", passing: true });
}

/** Answers with the version that this line brings us to. */
function hear(line: string, follower: Follower, { log }: FollowDeps, readAt: Date): string | null {
  const { type, object } = readLine(line);
  if (type === "ERROR") throw interruption(object);
  const version = versionOf(object);
  if (type !== "ADDED" && type !== "MODIFIED" && type !== "DELETED") return version;
  try {
    follower.seen(object, type, readAt);
  } catch (error) {
    // It will be read again by the next list; the events behind it must not wait for that.
    log.warn({ err: error, resource: follower.resource, version }, "an event of the watch could not be used");
  }
  return version;
}

function readLine(line: string): { readonly type: string; readonly object?: unknown } {
  try {
    return watchLine.parse(JSON.parse(line));
  } catch {
    throw new RemoteError("the watch sent a line that is no event", { fault: "malformed", passing: true });
  }
}

function interruption(object: unknown): Error {
  const status = statusBody.safeParse(object).data;
  if (status?.code === 410 || status?.reason === "Expired" || status?.reason === "Gone") return new Expired();
  return new RemoteError(`the watch was ended: ${status?.message ?? "no reason given"}`, {
    fault: "busy",
    passing: true,
    ...(status?.code ? { status: status.code } : {}),
  });
}

function versionOf(object: unknown): string | null {
  const { metadata } = (object ?? {}) as { readonly metadata?: { readonly resourceVersion?: unknown } };
  return typeof metadata?.resourceVersion === "string" ? metadata.resourceVersion : null;
}
