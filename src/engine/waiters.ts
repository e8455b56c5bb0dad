/** Those in this process who wait for an intent to move. Who waits in another process looks for itself. */
import type { RowKey } from "../store/read/row-key.ts";

export interface Waiters {
  moved(intent: RowKey): void;
  /** Resolves when it has moved, or after `ms`. */
  next(intent: RowKey, ms: number): Promise<void>;
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  const nameOf = ({ sourceId, id }: RowKey) => `${sourceId}/${id}`;
  return {
    moved(intent) {
      for (const go of waiting.get(nameOf(intent)) ?? []) go();
    },
    next(intent, ms) {
      const name = nameOf(intent);
      const all = waiting.get(name) ?? new Set();
      waiting.set(name, all);
      return new Promise((resolve) => {
        const go = () => {
          clearTimeout(timer);
          all.delete(go);
          if (all.size === 0 && waiting.get(name) === all) waiting.delete(name);
          resolve();
        };
        const timer = setTimeout(go, ms);
        all.add(go);
      });
    },
  };
}
