/** An intent as those read it who work on it: with the present names of its job and its run, and the database's time. */
import { type RawBuilder, sql } from "kysely";
import type { HandOffClass } from "../../model/hand-off.ts";
import type { Evidence, IntentFault, IntentKind, IntentState } from "../../model/intent.ts";
import type { Json } from "../../model/json.ts";
import type { RunState } from "../../model/run-state.ts";
import type { RowKey } from "../read/row-key.ts";

export interface Intent extends RowKey {
  readonly source: string;
  readonly kind: IntentKind;
  readonly key: string;
  readonly jobRow: number;
  readonly jobId: string;
  readonly target: IntentTarget | null;
  readonly parameters: Json;
  readonly digest: Buffer;
  readonly principal: string;
  readonly note: string | null;
  readonly handOff: HandOffClass;
  readonly state: IntentState;
  readonly epoch: number;
  readonly sends: number;
  readonly looks: number;
  readonly firstSentAt: Date | null;
  readonly sentAt: Date | null;
  readonly sendUntil: Date;
  readonly runRow: number | null;
  readonly externalRun: string | null;
  readonly foundBy: Evidence | null;
  readonly merged: boolean;
  readonly warning: string | null;
  readonly fault: IntentFault | null;
  readonly error: string | null;
  readonly createdAt: Date;
  /** The database's clock when it was read. */
  readonly now: Date;
  /** The tool's clock minus ours, as far as we know it. */
  readonly skewMs: number;
}

/** The run to retry or to cancel, as we hold it now. */
export interface IntentTarget {
  readonly id: number;
  readonly runId: string;
  readonly state: RunState;
  readonly attempt: number;
  /** The one it had when this was asked for. */
  readonly attemptThen: number;
  readonly gone: boolean;
}

interface IntentRow extends Omit<Intent, "target"> {
  readonly target: number | null;
  readonly targetAttempt: number;
  readonly runId: string | null;
  readonly runState: RunState;
  readonly runAttempt: number;
  readonly runGone: boolean;
}

/** `rows` is a query over `intent` in brackets, or the name of a part of the statement that `before` begins. */
export function intentsOf(rows: RawBuilder<unknown>, before: RawBuilder<unknown> = sql``): RawBuilder<IntentRow> {
  return sql<IntentRow>`${before}
    select i.source_id as "sourceId", i.id, s.name as source, i.kind, i.key, i.job_id as "jobRow", j.external_id as "jobId",
           i.target, i.target_attempt as "targetAttempt", i.parameters, i.digest, i.principal, i.note,
           i.hand_off as "handOff", i.state, i.epoch, i.sends, i.looks, i.first_sent_at as "firstSentAt",
           i.sent_at as "sentAt", i.send_until as "sendUntil", i.run_id as "runRow", i.external_run as "externalRun",
           i.found_by as "foundBy", i.merged, i.warning, i.fault, i.error, i.created_at as "createdAt",
           r.external_id as "runId", r.state as "runState", r.attempt as "runAttempt",
           r.gone_at_source is not null as "runGone", clock_timestamp() as now,
           coalesce(y.clock_skew_ms, 0) as "skewMs"
    from ${rows} i
    join source s on s.id = i.source_id
    join job j on j.source_id = i.source_id and j.id = i.job_id
    left join source_sync y on y.source_id = i.source_id
    left join run r on r.source_id = i.source_id and r.id = i.target`;
}

export function toIntent({ target, targetAttempt, runId, runState, runAttempt, runGone, ...row }: IntentRow): Intent {
  const known = target !== null && runId !== null;
  return {
    ...row,
    target: known
      ? { id: target, runId, state: runState, attempt: runAttempt, attemptThen: targetAttempt, gone: runGone }
      : null,
  };
}
