/** Watches: what came after a version, and then what comes, a line each. */
import type { ServerResponse } from "node:http";
import type { Cluster } from "./cluster.ts";
import type { ApiObject } from "./objects.ts";
import { Refusal } from "./refusal.ts";
import type { EventType, Kind, StoreEvent } from "./store.ts";

export interface WatchQuery {
  readonly resourceVersion?: string;
  readonly allowWatchBookmarks?: string;
  readonly timeoutSeconds?: string;
}

export interface Watching {
  readonly kind: Kind;
  readonly query: WatchQuery;
  readonly test: (object: ApiObject) => boolean;
  /** As it is asked for: whole, or as a row of a table. */
  readonly show: (object: ApiObject) => object;
  readonly bookmark: (version: string) => object;
}

export interface OpenWatch {
  readonly reply: ServerResponse;
  /** Sends a bookmark now rather than in a minute. */
  bookmark(): void;
}

export function openWatch(cluster: Cluster, watching: Watching, reply: ServerResponse, onClose: () => void): OpenWatch {
  const { store, quirks } = cluster;
  const { kind, query } = watching;
  const from = query.resourceVersion && query.resourceVersion !== "0" ? Number(query.resourceVersion) : null;
  const missed = from === null ? [] : store.since(kind, from);
  if (missed === null && quirks.goneAsStatus) throw tooOld(from ?? 0);
  reply.writeHead(200, {
    "content-type": "application/json",
    date: new Date(cluster.now() + quirks.skewMs).toUTCString(),
  });
  reply.flushHeaders();
  // Between our last word and the socket's end there may be news.
  const send = (type: string, object: object) => {
    if (!reply.writableEnded) reply.write(`${JSON.stringify({ type, object })}\n`);
  };

  if (missed === null) {
    send("ERROR", tooOld(from ?? 0).body);
    reply.end();
    onClose();
    return { reply, bookmark: () => undefined };
  }
  const hear = (event: StoreEvent) => {
    const told = tell(event, watching.test);
    if (told && !quirks.muteWatches) send(told, watching.show(event.object));
  };
  if (from === null) for (const object of store.list(kind).filter(watching.test)) send("ADDED", watching.show(object));
  missed.forEach(hear);
  const leave = store.subscribe(kind, hear);
  const bookmark = () => {
    if (query.allowWatchBookmarks === "true" && !quirks.muteWatches)
      send("BOOKMARK", watching.bookmark(String(store.version)));
  };
  const marks = setInterval(bookmark, quirks.bookmarkEveryMs).unref();
  const end = setTimeout(() => reply.end(), Number(query.timeoutSeconds ?? 1_800) * 1_000).unref();
  reply.once("close", () => {
    leave();
    clearInterval(marks);
    clearTimeout(end);
    onClose();
  });
  return { reply, bookmark };
}

/** An object that no longer fits the selector is deleted, as far as this watch can see. */
function tell({ type, object, before }: StoreEvent, test: Watching["test"]): EventType | null {
  const [was, is] = [before !== null && test(before), type !== "DELETED" && test(object)];
  if (was && is) return "MODIFIED";
  if (is) return "ADDED";
  return was ? "DELETED" : null;
}

function tooOld(version: number): Refusal {
  return new Refusal(410, "Expired", `too old resource version: ${version}`);
}
