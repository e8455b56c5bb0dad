/** A run as it is shown. */
import type { RunView } from "../../model/view.ts";
import { column, type Fields, moment } from "./fields.ts";
import { toExactIso, utc } from "./moment.ts";
import { observed, stale } from "./source-fields.ts";

export const RUN_KEYS = ["id", "sourceId", "jobId", "occurredAt"] as const;

export const RUN_FIELDS: Fields<Omit<RunView, "job">> = {
  id: column("run.id"),
  sourceId: column("run.source_id"),
  jobId: column("run.job_id"),
  externalId: column("run.external_id"),
  attempt: column("run.attempt"),
  state: column("run.state"),
  nativeState: column("run.native_state"),
  stateRule: column("run.state_rule"),
  causeKind: column("run.cause_kind"),
  causeBy: column("run.cause_by"),
  causeKey: column("run.cause_key"),
  parameters: column("run.parameters"),
  errorKind: column("run.error_kind"),
  errorMessage: column("run.error_message"),
  queuedAt: moment("run.queued_at"),
  startedAt: moment("run.started_at"),
  endedAt: moment("run.ended_at"),
  url: column("run.url"),
  // To the microsecond, for it is where the next page begins.
  occurredAt: { columns: [utc("run.occurred_at")], read: (row, at) => toExactIso(row[at] as string) },
  observedAt: observed("run.observed_at", "run.gone_at_source"),
  stale,
  goneAtSource: moment("run.gone_at_source"),
};
