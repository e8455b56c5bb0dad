/** Lists: in chunks, as of the moment of the first one, for as long as that moment is kept. */
import type { ApiObject } from "./objects.ts";
import { expired, Refusal } from "./refusal.ts";
import type { Kind, Snapshot, Store } from "./store.ts";

export interface ListQuery {
  readonly limit?: string;
  readonly continue?: string;
}

export interface Listed {
  readonly objects: readonly ApiObject[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

interface Token {
  readonly v: "meta.k8s.io/v1";
  /** -1 in a token that was given for an expired one: the rest is as of now. */
  readonly rv: number;
  readonly start: string;
}

export function listObjects(store: Store, kind: Kind, query: ListQuery, test: (object: ApiObject) => boolean): Listed {
  const limit = Number(query.limit ?? 0);
  const token = query.continue ? readToken(query.continue) : null;
  const snapshot = snapshotFor(store, kind, token);
  const matching = snapshot.objects.filter((object) => test(object) && (token === null || keyOf(object) > token.start));
  const objects = limit > 0 ? matching.slice(0, limit) : matching;
  const rest = matching.length - objects.length;
  const last = objects.at(-1);
  const resourceVersion = String(snapshot.version);
  if (rest === 0 || !last) return { objects, metadata: { resourceVersion } };
  const next = writeToken({ v: "meta.k8s.io/v1", rv: snapshot.version, start: keyOf(last) });
  return { objects, metadata: { resourceVersion, continue: next, remainingItemCount: rest } };
}

function snapshotFor(store: Store, kind: Kind, token: Token | null): Snapshot {
  if (token === null || token.rv === -1) return store.snapshot(kind);
  const kept = store.recall(kind, token.rv);
  if (!kept) throw expired(writeToken({ ...token, rv: -1 }));
  return kept;
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function readToken(text: string): Token {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Token;
  } catch {
    throw new Refusal(400, "BadRequest", "continue key is not valid");
  }
}
