/** The tables as Kysely sees them. A test compares this file with the migrated database, column by column. */
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from "kysely";
import type { Capability } from "../model/capability.ts";
import type { Fault } from "../model/fault.ts";
import type { CauseKind } from "../model/foreign.ts";
import type { HandOffClass } from "../model/hand-off.ts";
import type { CallName, CallOutcome, Evidence, IntentKind, IntentState } from "../model/intent.ts";
import type { RunState } from "../model/run-state.ts";

/** Written as an ISO text or a Date, read as a Date. */
type Moment = ColumnType<Date, Date | string, Date | string>;
type MaybeMoment = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export interface Tables {
  source: SourceTable;
  source_sync: SourceSyncTable;
  job: JobTable;
  run: RunTable;
  run_attempt: RunAttemptTable;
  run_tally: RunTallyTable;
  run_name: RunNameTable;
  foreign_gate: ForeignGateTable;
  job_link: JobLinkTable;
  quarantine: QuarantineTable;
  credential: CredentialTable;
  intent: IntentTable;
  intent_call: IntentCallTable;
  chore: ChoreTable;
}

export interface SourceTable {
  id: GeneratedAlways<number>;
  name: string;
  adapter: string;
  url: string;
  config: JSONColumnType<object>;
  sync: JSONColumnType<object, string | undefined>;
  labels: JSONColumnType<Record<string, string>, string | undefined>;
  hand_off: HandOffClass;
  capabilities: Generated<Capability[]>;
  created_at: Generated<Date>;
  changed_at: Generated<Date>;
  removed_at: MaybeMoment;
}

export interface SourceSyncTable {
  source_id: number;
  owner: string | null;
  epoch: Generated<number>;
  lease_until: MaybeMoment;
  watermark: MaybeMoment;
  backfill_from: MaybeMoment;
  backfill_reached: MaybeMoment;
  backfill_done_at: MaybeMoment;
  backfill_runs: Generated<number>;
  reachable: boolean | null;
  version: string | null;
  fault: Fault | "ours" | null;
  error: string | null;
  failures: Generated<number>;
  missing_rights: Generated<string[]>;
  troubles: Generated<string[]>;
  clock_skew_ms: number | null;
  latency_ms: number | null;
  pace_ms: number | null;
  attempted_at: MaybeMoment;
  synced_at: MaybeMoment;
  probed_at: MaybeMoment;
  jobs_swept_at: MaybeMoment;
  open_swept_at: MaybeMoment;
  jobs: Generated<number>;
  gates_asked_at: MaybeMoment;
  gates_error: string | null;
  links_asked_at: MaybeMoment;
  links_error: string | null;
}

export interface JobTable {
  source_id: number;
  id: GeneratedAlways<number>;
  external_id: string;
  name: string;
  path: Generated<string[]>;
  description: string | null;
  schedule: JSONColumnType<object, string | null, string | null> | null;
  next_at: MaybeMoment;
  paused: Generated<boolean>;
  owner: string | null;
  tags: Generated<string[]>;
  url: string | null;
  capabilities: Capability[] | null;
  hand_off: HandOffClass;
  problem: string | null;
  sketched: Generated<boolean>;
  observed_at: Moment;
  missed_lists: Generated<number>;
  gone_at: MaybeMoment;
  search: GeneratedAlways<string>;
}

export interface RunTable {
  source_id: number;
  id: GeneratedAlways<number>;
  job_id: number;
  external_id: string;
  attempt: Generated<number>;
  state: RunState;
  native_state: string;
  state_rule: string;
  cause_kind: CauseKind;
  cause_by: string | null;
  cause_key: string | null;
  parameters: JSONColumnType<object, string | null, string | null> | null;
  error_kind: string | null;
  error_message: string | null;
  queued_at: MaybeMoment;
  started_at: MaybeMoment;
  ended_at: MaybeMoment;
  url: string | null;
  occurred_at: Moment;
  observed_at: Moment;
  gone_at_source: MaybeMoment;
}

export interface RunAttemptTable {
  source_id: number;
  run_id: number;
  attempt: number;
  state: RunState;
  native_state: string;
  state_rule: string;
  error_kind: string | null;
  error_message: string | null;
  queued_at: MaybeMoment;
  started_at: MaybeMoment;
  ended_at: MaybeMoment;
  observed_at: Moment;
}

export interface RunTallyTable {
  source_id: number;
  span: 0 | 1 | 60;
  bucket: Moment;
  state: RunState;
  runs: number;
}

export interface RunNameTable {
  source_id: number;
  job: string;
  former: string;
  name: string;
  told_at: Generated<Date>;
}

export interface ForeignGateTable {
  source_id: number;
  id: GeneratedAlways<number>;
  job: string;
  run: string;
  external_id: string;
  title: string;
  body: string | null;
  choices: Generated<string[]>;
  asked: Generated<string[]>;
  since: MaybeMoment;
  url: string | null;
  opened_at: Moment;
  observed_at: Moment;
  ended_at: MaybeMoment;
}

export interface JobLinkTable {
  source_id: number;
  kind: "follows" | "reads" | "writes";
  job: string;
  target: string;
}

export interface QuarantineTable {
  id: GeneratedAlways<number>;
  source_id: number;
  kind: "job" | "run" | "gate" | "link";
  external_id: string;
  reason: string;
  sample: string;
  times: Generated<number>;
  first_seen_at: Generated<Date>;
  last_seen_at: Generated<Date>;
}

export interface CredentialTable {
  id: GeneratedAlways<number>;
  kind: "token" | "sign-in" | "session";
  hash: Buffer;
  principal: string;
  role: "admin" | "viewer";
  label: string;
  created_at: Generated<Date>;
  expires_at: MaybeMoment;
  used_at: MaybeMoment;
  revoked_at: MaybeMoment;
}

export interface IntentTable {
  source_id: number;
  id: GeneratedAlways<number>;
  job_id: number;
  kind: IntentKind;
  key: string;
  target: number | null;
  target_attempt: number | null;
  parameters: JSONColumnType<object, string | null, string | null> | null;
  digest: Buffer;
  principal: string;
  note: string | null;
  hand_off: HandOffClass;
  state: Generated<IntentState>;
  owner: string | null;
  epoch: Generated<number>;
  lease_until: MaybeMoment;
  next_at: MaybeMoment;
  send_until: Moment;
  first_sent_at: MaybeMoment;
  sent_at: MaybeMoment;
  sends: Generated<number>;
  looks: Generated<number>;
  run_id: number | null;
  external_run: string | null;
  found_by: Evidence | null;
  merged: Generated<boolean>;
  warning: string | null;
  fault: Fault | "ours" | null;
  error: string | null;
  watch_until: MaybeMoment;
  created_at: Generated<Date>;
  settled_at: MaybeMoment;
}

export interface IntentCallTable {
  source_id: number;
  intent_id: number;
  id: GeneratedAlways<number>;
  epoch: number;
  at: Generated<Date>;
  call: CallName;
  outcome: CallOutcome;
  detail: string | null;
  took_ms: number | null;
}

export interface ChoreTable {
  name: string;
  owner: string | null;
  claimed_until: MaybeMoment;
  begun_at: MaybeMoment;
  done_at: MaybeMoment;
  rows: Generated<number>;
}
