/** The earlier attempts of runs: history that is never lost. */
import type { RunState } from "../../model/run-state.ts";
import type { AttemptView } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { toIso, utc } from "./moment.ts";
import { keysOf, type RowKey } from "./row-key.ts";
import { ask, rowsOf, Values } from "./statement.ts";

const COLUMNS = [
  "a.source_id",
  "a.run_id",
  "a.attempt",
  "a.state",
  "a.native_state",
  "a.state_rule",
  "a.error_kind",
  "a.error_message",
  utc("a.queued_at"),
  utc("a.started_at"),
  utc("a.ended_at"),
  utc("a.observed_at"),
];

type AttemptRow = [
  sourceId: number,
  runId: number,
  attempt: number,
  state: RunState,
  nativeState: string,
  stateRule: string,
  errorKind: string | null,
  errorMessage: string | null,
  queuedAt: string | null,
  startedAt: string | null,
  endedAt: string | null,
  observedAt: string,
];

export interface AttemptOfRun extends AttemptView {
  readonly sourceId: number;
  readonly runId: number;
}

/** Of all these runs, each run's first attempt first. */
export async function attemptsOf(db: Db, runs: readonly RowKey[]): Promise<AttemptOfRun[]> {
  const values = new Values();
  const from = `(select a.* from ${keysOf(runs, values)}
    cross join lateral (select * from run_attempt where source_id = k.source_id and run_id = k.id offset 0) a) a`;
  const rows = await ask<AttemptRow[]>(
    db,
    `select ${rowsOf(COLUMNS, from, "a.source_id, a.run_id, a.attempt")}::text as answer`,
    values,
  );
  return rows.map(toAttempt);
}

// biome-ignore format: one line a thought, where a line a word would fill two screens
function toAttempt(row: AttemptRow): AttemptOfRun {
  const [sourceId, runId, attempt, state, nativeState, stateRule, errorKind, errorMessage, queuedAt, startedAt, endedAt,
    observedAt] = row;
  return {
    sourceId, runId, attempt, state, nativeState, stateRule, errorKind, errorMessage,
    queuedAt: toIso(queuedAt),
    startedAt: toIso(startedAt),
    endedAt: toIso(endedAt),
    observedAt: toIso(observedAt),
  };
}
