/**
 * What etcd and the watch cache are to a cluster: objects by key, one version that counts every write, the last writes
 * for whoever watches, and the last lists for whoever reads one in chunks.
 */
import { randomUUID } from "node:crypto";
import type { ApiObject, Metadata } from "./objects.ts";
import { type SortedKeys, sortedKeys } from "./sorted-keys.ts";

export type Kind = "jobs" | "cronjobs" | "pods" | "events" | "namespaces";
export type EventType = "ADDED" | "MODIFIED" | "DELETED";

export interface StoreEvent {
  readonly type: EventType;
  readonly version: number;
  readonly object: ApiObject;
  /** What it was before: a selector may have held then and not now. */
  readonly before: ApiObject | null;
}

export interface Snapshot {
  readonly version: number;
  readonly objects: readonly ApiObject[];
}

type NewObject = Omit<ApiObject, "metadata"> & {
  readonly metadata: Partial<Metadata> & { readonly name: string; readonly namespace: string };
};

export interface Store {
  readonly version: number;
  get(kind: Kind, namespace: string, name: string): ApiObject | null;
  /** In the order of namespace and name. */
  list(kind: Kind): readonly ApiObject[];
  /** Found without a look at all the others: the pods of a Job, while there are ten thousand of each. */
  controlledBy(kind: Kind, controllerUid: string): readonly ApiObject[];
  create(kind: Kind, object: NewObject, createdAt: string): ApiObject;
  replace(kind: Kind, object: ApiObject): ApiObject;
  remove(kind: Kind, object: ApiObject): void;
  subscribe(kind: Kind, hear: (event: StoreEvent) => void): () => void;
  /** Everything after a version, or null when that is no longer kept. */
  since(kind: Kind, version: number): readonly StoreEvent[] | null;
  snapshot(kind: Kind): Snapshot;
  recall(kind: Kind, version: number): Snapshot | null;
  /** Forgets the past, as etcd does every five minutes. */
  compact(): void;
}

const KEPT_EVENTS = 2_000;
const KEPT_SNAPSHOTS = 8;

interface Table {
  readonly objects: Map<string, ApiObject>;
  readonly order: SortedKeys;
  /** Keys by the label `controller-uid`. */
  readonly controlled: Map<string, Set<string>>;
  events: StoreEvent[];
  readonly snapshots: Map<number, Snapshot>;
  readonly listeners: Set<(event: StoreEvent) => void>;
  /** Handed out as it is, so never changed: a snapshot may hold it. */
  listed: readonly ApiObject[] | null;
}

export function createStore(): Store {
  // As in a cluster that has lived for a while; the first compaction lies behind it.
  let version = 100_000;
  let oldest = version;
  const tables = new Map<Kind, Table>();

  function table(kind: Kind): Table {
    const known = tables.get(kind);
    if (known) return known;
    const fresh: Table = {
      objects: new Map(),
      order: sortedKeys(),
      controlled: new Map(),
      events: [],
      snapshots: new Map(),
      listeners: new Set(),
      listed: null,
    };
    tables.set(kind, fresh);
    return fresh;
  }

  function write(kind: Kind, type: EventType, object: ApiObject, before: ApiObject | null): ApiObject {
    version += 1;
    const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const its = table(kind);
    if (type === "DELETED") drop(its, written);
    else keep(its, written);
    its.listed = null;
    const event = { type, version, object: written, before };
    its.events.push(event);
    if (its.events.length >= 2 * KEPT_EVENTS) its.events = its.events.slice(-KEPT_EVENTS);
    for (const hear of its.listeners) hear(event);
    return written;
  }

  function list(kind: Kind): readonly ApiObject[] {
    const its = table(kind);
    its.listed ??= objectsOf(its, its.order.all());
    return its.listed;
  }

  return {
    get version() {
      return version;
    },
    get: (kind, namespace, name) => table(kind).objects.get(keyOf({ namespace, name })) ?? null,
    list,
    controlledBy: (kind, controllerUid) => objectsOf(table(kind), table(kind).controlled.get(controllerUid) ?? []),
    create(kind, object, createdAt) {
      const metadata = { uid: randomUUID(), creationTimestamp: createdAt, resourceVersion: "0", ...object.metadata };
      return write(kind, "ADDED", { ...object, metadata } as ApiObject, null);
    },
    replace(kind, object) {
      return write(kind, "MODIFIED", object, table(kind).objects.get(keyOf(object.metadata)) ?? null);
    },
    remove(kind, object) {
      write(kind, "DELETED", object, object);
    },
    subscribe(kind, hear) {
      table(kind).listeners.add(hear);
      return () => table(kind).listeners.delete(hear);
    },
    since(kind, from) {
      const { events } = table(kind);
      const first = events.length >= KEPT_EVENTS ? (events[0]?.version ?? 0) - 1 : oldest;
      return from < Math.max(first, oldest) ? null : events.filter((event) => event.version > from);
    },
    snapshot(kind) {
      const { snapshots } = table(kind);
      const taken = { version, objects: list(kind) };
      snapshots.set(version, taken);
      for (const old of snapshots.keys()) {
        if (snapshots.size <= KEPT_SNAPSHOTS) break;
        snapshots.delete(old);
      }
      return taken;
    },
    recall: (kind, of) => table(kind).snapshots.get(of) ?? null,
    compact() {
      oldest = version;
      for (const its of tables.values()) {
        its.events = [];
        its.snapshots.clear();
      }
    },
  };
}

function keep(table: Table, object: ApiObject): void {
  const key = keyOf(object.metadata);
  const before = table.objects.get(key);
  if (!before) table.order.add(key);
  table.objects.set(key, object);
  const [was, is] = [before && controllerUidOf(before), controllerUidOf(object)];
  if (was === is) return;
  if (was !== undefined) table.controlled.get(was)?.delete(key);
  if (is !== undefined) table.controlled.set(is, (table.controlled.get(is) ?? new Set()).add(key));
}

function drop(table: Table, object: ApiObject): void {
  const key = keyOf(object.metadata);
  const uid = controllerUidOf(object);
  table.objects.delete(key);
  table.order.remove(key);
  if (uid === undefined) return;
  const keys = table.controlled.get(uid);
  keys?.delete(key);
  if (keys?.size === 0) table.controlled.delete(uid);
}

function objectsOf({ objects }: Table, keys: Iterable<string>): readonly ApiObject[] {
  return [...keys].flatMap((key) => objects.get(key) ?? []);
}

function controllerUidOf({ metadata }: ApiObject): string | undefined {
  return metadata.labels?.["controller-uid"];
}

function keyOf({ namespace, name }: Pick<Metadata, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
