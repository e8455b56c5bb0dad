/** What we do with what a watch sees: Jobs are remembered and told of, pods only listened to. */
import type { ForeignRunRef } from "../../../src/model/foreign.ts";
import type { Scope } from "../client.ts";
import { jobUidOf, lastWordsOf, POD_OF_JOB } from "../pods.ts";
import { jobRow, podRow } from "../rows.ts";
import type { Follower } from "./follow.ts";
import type { Memory } from "./memory.ts";
import { isOlder } from "./version.ts";

export interface FollowerDeps {
  readonly memory: Memory;
  readonly tell: (run: ForeignRunRef) => void;
  readonly labelSelector: string | null;
  /** Whether versions of this server can be compared at all. */
  readonly comparesVersions: () => boolean;
}

export function jobFollower(scope: Scope, deps: FollowerDeps): Follower {
  const { memory, tell, labelSelector } = deps;
  const place = scope ?? "*";

  function see(object: unknown): string {
    const job = jobRow.parse(object);
    const { uid, resourceVersion } = job.metadata;
    const known = memory.versionOf(uid);
    // A replay of what is behind us already; where versions are opaque it is applied, which harms nobody.
    if (known && resourceVersion && deps.comparesVersions() && isOlder(resourceVersion, known)) return uid;
    const news = memory.see(job, place);
    if (news) tell(news);
    return uid;
  }

  return {
    resource: "jobs",
    scope,
    labelSelector,
    seen(object, change, readAt) {
      if (change === "DELETED") tell(memory.seeGone(jobRow.parse(object), readAt));
      else see(object);
    },
    listing() {
      const present = new Set<string>();
      return {
        take(objects) {
          for (const object of objects) {
            if (jobRow.safeParse(object).success) present.add(see(object));
          }
        },
        done: (readAt) => memory.missedIn(place, present, readAt).forEach(tell),
      };
    },
  };
}

/** Only pods that work for a Job. Their last words must be heard before they go, and with a TTL of 0 that is at once. */
export function podFollower(scope: Scope, { memory, tell }: FollowerDeps): Follower {
  function listen(object: unknown): void {
    const pod = podRow.parse(object);
    const uid = jobUidOf(pod);
    const words = uid === null ? [] : lastWordsOf(pod);
    const run = uid !== null && words.length > 0 ? memory.hear(uid, words) : null;
    if (run) tell(run);
  }

  return {
    resource: "pods",
    scope,
    labelSelector: POD_OF_JOB,
    seen: listen,
    listing: () => ({
      take(objects) {
        for (const object of objects) if (podRow.safeParse(object).success) listen(object);
      },
      done: () => undefined,
    }),
  };
}
