/** Which sources show us nothing current, and why. Pure: what is unknown is shown as such, never filled in. */
import type { SourceView } from "../../model/view.ts";

export const BLINDNESSES = ["unreachable", "never-synced", "overdue"] as const;
export type Blindness = (typeof BLINDNESSES)[number];

/** After three of its own paces, and never sooner than two minutes: the same bound makes its runs stale. */
const PACES = 3;
const AT_LEAST_MS = 120_000;

export function blindnessOf(source: Pick<SourceView, "reachable" | "lagMs" | "paceMs">): Blindness | null {
  if (source.reachable === false) return "unreachable";
  if (source.lagMs === null) return "never-synced";
  return source.lagMs > Math.max(AT_LEAST_MS, PACES * (source.paceMs ?? 0)) ? "overdue" : null;
}
