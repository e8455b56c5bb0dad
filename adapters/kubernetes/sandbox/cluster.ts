/** One cluster: its objects, its clock, and what its pods have written. */
import type { Quirks } from "./quirks.ts";
import type { Store } from "./store.ts";

export interface Cluster {
  readonly store: Store;
  readonly quirks: Quirks;
  /** `v1.33.1`. */
  readonly version: string;
  now(): number;
  /** How often each name was given to a Job. */
  readonly births: Map<string, number>;
  readonly logs: Logs;
}

export interface Logs {
  read(uid: string, container: string): string;
  write(uid: string, container: string, text: string): void;
  subscribe(hear: (uid: string, container: string, text: string) => void): () => void;
  forget(uid: string): void;
}

export function createLogs(): Logs {
  const texts = new Map<string, Map<string, string>>();
  const listeners = new Set<(uid: string, container: string, text: string) => void>();
  const read = (uid: string, container: string) => texts.get(uid)?.get(container) ?? "";
  return {
    read,
    write(uid, container, text) {
      const its = texts.get(uid) ?? new Map<string, string>();
      texts.set(uid, its.set(container, read(uid, container) + text));
      for (const hear of listeners) hear(uid, container, text);
    },
    subscribe(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    forget: (uid) => void texts.delete(uid),
  };
}
