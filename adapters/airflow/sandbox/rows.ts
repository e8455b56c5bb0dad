/** What the sandbox's database holds: Airflow's rows in Airflow's words, times in milliseconds. */
import type { Json } from "../../../src/model/json.ts";

export interface DagRow {
  readonly dagId: string;
  readonly displayName: string;
  readonly description: string | null;
  /** As it stands in the DAG's file: a cron line, `@daily`, `Asset`, or null. */
  readonly schedule: string | null;
  /** What 2.x answers instead, for its other shapes: `{"__type":"TimeDelta", …}`. */
  readonly interval: Json | undefined;
  readonly paused: boolean;
  readonly stale: boolean;
  readonly importError: string | null;
  readonly subdag: boolean;
  readonly owners: readonly string[];
  readonly tags: readonly string[];
  readonly fileloc: string;
  readonly parsedAt: number;
}

export interface RunRow {
  /** The numeric key that Airflow sorts by and never shows. */
  readonly id: number;
  readonly dagId: string;
  readonly runId: string;
  readonly runType: string;
  readonly triggeredBy: string | null;
  readonly user: string | null;
  readonly conf: Json;
  readonly logicalDate: number | null;
  readonly runAfter: number;
  state: string;
  note: string | null;
  queuedAt: number | null;
  startDate: number | null;
  endDate: number | null;
  /** Set at every change, and never shown. */
  updatedAt: number;
}

export type RunTime = "logicalDate" | "runAfter" | "startDate" | "endDate" | "updatedAt";
