/** Changes as the text of a notification, which holds fewer than 8000 bytes. */
import type { Change } from "../model/change.ts";

/** PostgreSQL refuses 8000; the rest is air. */
const LIMIT_BYTES = 7_900;

type Packed = readonly [sourceId: number, runs: readonly number[] | "many"];

/**
 * One payload nearly always. Where the ids would not fit, the longest lists become "many" one after the other, and only
 * for hundreds of sources at once a second payload follows.
 */
export function packChanges(changes: readonly Change[]): string[] {
  const merged = mergeBySource(changes);
  if (merged.length === 0) return [];
  const longestFirst = [...merged].sort((a, b) => sizeOf(b) - sizeOf(a));
  const packed = new Map(merged.map((change) => [change.sourceId, change.runs]));
  for (const { sourceId } of longestFirst) {
    const text = JSON.stringify([...packed]);
    if (fits(text)) return [text];
    packed.set(sourceId, "many");
  }
  return split([...packed]);
}

export function unpackChanges(payload: string): Change[] {
  return (JSON.parse(payload) as Packed[]).map(([sourceId, runs]) => ({ sourceId, runs }));
}

function mergeBySource(changes: readonly Change[]): Change[] {
  const bySource = new Map<number, Set<number> | "many">();
  for (const { sourceId, runs } of changes) {
    const known = bySource.get(sourceId) ?? new Set<number>();
    bySource.set(sourceId, known === "many" || runs === "many" ? "many" : new Set([...known, ...runs]));
  }
  return [...bySource].map(([sourceId, runs]) => ({ sourceId, runs: runs === "many" ? runs : [...runs] }));
}

function split(packed: readonly Packed[]): string[] {
  const text = JSON.stringify(packed);
  if (fits(text)) return [text];
  const half = Math.ceil(packed.length / 2);
  return [...split(packed.slice(0, half)), ...split(packed.slice(half))];
}

/** Digits, quotes and brackets only: a character is a byte. */
const fits = (text: string) => text.length <= LIMIT_BYTES;
const sizeOf = ({ runs }: Change) => (runs === "many" ? 0 : runs.length);
