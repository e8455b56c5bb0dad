/** What can be wrong with an Airflow, or merely odd. Tests and the demo turn these while the server runs. */
import type { Api } from "../dialect.ts";

export type Right = "dags" | "dagRuns" | "taskInstances" | "importErrors" | "assets" | "decisions";
export type Part = "metadatabase" | "scheduler" | "triggerer" | "dag_processor";

export interface Quirks {
  /** `[api] maximum_page_limit`. A larger wish is lowered without a word. */
  largestPage: number;
  /** Leaves `total_entries` out, as cursor paging does. */
  hideTotals: boolean;
  /** 400 to any `order_by`. */
  refuseOrder: boolean;
  /** Lists that answer 403. */
  readonly forbidden: Set<Right>;
  /** Parts that say so in a health report, which is 200 all the same. */
  readonly unhealthy: Set<Part>;
  /** How far the server's clock is ahead of the sandbox's. */
  skewMs: number;
  /** `/auth/token` answered 201 or 200, by version and auth manager. */
  tokenStatus: 200 | 201;
  tokenLifeMs: number;
  /** The worker that kept them is gone. */
  logsAreLost: boolean;
  /** A proxy in front that finds nobody behind it. */
  down: boolean;
}

export function usualQuirks(api: Api, version: string): Quirks {
  return {
    // 3.0 and 3.1 forgot the cap.
    largestPage: api === "v2" && /^3\.[01]\./.test(version) ? Infinity : 100,
    hideTotals: false,
    refuseOrder: false,
    forbidden: new Set(),
    unhealthy: new Set(),
    skewMs: 0,
    tokenStatus: 201,
    tokenLifeMs: 86_400_000,
    logsAreLost: false,
    down: false,
  };
}
