/** How a source wants to be read, as its declaration says it, with what holds when it says nothing. */
import type { Json } from "../model/json.ts";

export interface SyncSettings {
  /** How far the first connect looks back. */
  readonly lookBackMs: number;
  /** How often to ask when nobody waits; null leaves it to the pace. */
  readonly everyMs: number | null;
  /** How far each pass reads behind the last one. */
  readonly overlapMs: number;
}

const DAY_MS = 86_400_000;

/** A remote may stamp a change well before it commits it, and on several hosts' clocks. */
const OVERLAP_MS = 120_000;

export function readSettings(sync: Json): SyncSettings {
  const declared = typeof sync === "object" && sync !== null && !Array.isArray(sync) ? sync : {};
  const read = (name: keyof SyncSettings) => {
    const value = (declared as Readonly<Record<string, Json>>)[name];
    return typeof value === "number" && value >= 0 ? value : null;
  };
  return {
    lookBackMs: read("lookBackMs") ?? 14 * DAY_MS,
    everyMs: read("everyMs"),
    overlapMs: read("overlapMs") ?? OVERLAP_MS,
  };
}
