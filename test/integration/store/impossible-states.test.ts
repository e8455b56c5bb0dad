/** Each state that cannot be is tried, and the constraint that keeps it out is named. */
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  for (const statement of POSSIBLE) await sql.raw(statement).execute(database.db);
});
afterAll(() => database.close());

const POSSIBLE = [
  `insert into source (name, adapter, url, config, hand_off) values ('a', 'airflow', 'http://a', '{}', 'keyed')`,
  `insert into source (name, adapter, url, config, hand_off) values ('b', 'airflow', 'http://b', '{}', 'keyed')`,
  `insert into source_sync (source_id) values (1)`,
  `insert into job (source_id, external_id, name, hand_off, observed_at) values (1, 'j', 'j', 'keyed', now())`,
  `insert into run (source_id, job_id, external_id, state, native_state, state_rule, cause_kind, occurred_at, observed_at)
     values (1, 1, 'r', 'running', 'running', 'run.running', 'schedule', now(), now())`,
  `insert into run_attempt (source_id, run_id, attempt, state, native_state, state_rule, observed_at)
     values (1, 1, 1, 'failed', 'failed', 'run.failed', now())`,
  `insert into run_tally values (1, 0, '-infinity', 'running', 1), (1, 60, '2026-01-01 10:00Z', 'failed', 1)`,
  `insert into quarantine (source_id, kind, external_id, reason, sample) values (1, 'run', 'x', 'NUL', '…')`,
  `insert into credential (kind, hash, principal, role, label) values ('token', sha256('a'), 'admin', 'admin', 'first')`,
  `insert into intent (source_id, job_id, kind, key, digest, principal, hand_off, send_until)
     values (1, 1, 'start', 'k', sha256('a'), 'ada', 'keyed', now())`,
  `insert into intent_call (source_id, intent_id, epoch, call, outcome) values (1, 1, 1, 'start', 'sent')`,
  `insert into run_name (source_id, job, former, name) values (1, 'j', 'queue/1', 'r')`,
  `insert into foreign_gate (source_id, job, run, external_id, title, opened_at, observed_at)
     values (1, 'j', 'r', 'g', 'Go on?', now(), now())`,
  `insert into job_link values (1, 'follows', 'j', 'k'), (1, 'reads', 'j', 'j')`,
  `insert into chore (name) values ('sweep')`,
];

const update = (table: string, change: string) => `update ${table} set ${change}`;

const IMPOSSIBLE: readonly (readonly [constraint: string, attempt: string])[] = [
  [
    "source_key",
    `insert into source (id, name, adapter, url, config, hand_off) overriding system value
     values (1, 'c', 'airflow', 'http://c', '{}', 'keyed')`,
  ],
  ["source_name_unique", update("source", "name = 'b' where name = 'a'")],
  ["source_name_is_a_label", update("source", "name = 'Not A Label' where id = 1")],
  ["source_adapter_named", update("source", "adapter = ''")],
  ["source_config_object", update("source", "config = '[]'")],
  ["source_sync_object", update("source", "sync = '1'")],
  ["source_labels_object", update("source", `labels = '"x"'`)],
  ["source_hand_off_known", update("source", "hand_off = 'hopeful'")],
  ["source_capabilities_known", update("source", "capabilities = '{fly}'")],

  ["source_sync_key", "insert into source_sync (source_id) values (1)"],
  ["source_sync_of_source", "insert into source_sync (source_id) values (99)"],
  ["source_sync_owner_named", update("source_sync", "owner = '', lease_until = now(), epoch = 1")],
  ["source_sync_epoch_grows", update("source_sync", "epoch = -1")],
  ["source_sync_lease_has_owner", update("source_sync", "lease_until = now(), epoch = 1")],
  ["source_sync_lease_has_epoch", update("source_sync", "owner = 'me', lease_until = now(), epoch = 0")],
  ["source_sync_fault_known", update("source_sync", "fault = 'tired', error = 'yawn'")],
  ["source_sync_fault_has_error", update("source_sync", "fault = 'busy'")],
  ["source_sync_backfill_began", update("source_sync", "backfill_done_at = now()")],
  ["source_sync_backfill_counted", update("source_sync", "backfill_runs = -1")],
  ["source_sync_failures_counted", update("source_sync", "failures = -1")],
  ["source_sync_jobs_counted", update("source_sync", "jobs = -1")],

  [
    "job_key",
    `insert into job (source_id, id, external_id, name, hand_off, observed_at) overriding system value
     values (1, 1, 'k', 'k', 'keyed', now())`,
  ],
  [
    "job_of_source",
    `insert into job (source_id, external_id, name, hand_off, observed_at) values (99, 'j', 'j', 'keyed', now())`,
  ],
  [
    "job_external_id_unique",
    `insert into job (source_id, external_id, name, hand_off, observed_at)
     values (1, 'j', 'k', 'keyed', now())`,
  ],
  ["job_external_id_named", update("job", "external_id = ''")],
  ["job_hand_off_known", update("job", "hand_off = 'hopeful'")],
  ["job_capabilities_known", update("job", "capabilities = '{fly}'")],
  ["job_schedule_object", update("job", "schedule = '[]'")],
  ["job_missed_lists_counted", update("job", "missed_lists = -1")],

  [
    "run_key",
    `insert into run (source_id, id, job_id, external_id, state, native_state, state_rule, cause_kind, occurred_at,
     observed_at) overriding system value values (1, 1, 1, 's', 'queued', 'q', 'q', 'manual', now(), now())`,
  ],
  ["run_of_job", update("run", "job_id = 99")],
  [
    "run_external_id_unique",
    `insert into run (source_id, job_id, external_id, state, native_state, state_rule, cause_kind,
     occurred_at, observed_at) values (1, 1, 'r', 'queued', 'q', 'q', 'manual', now(), now())`,
  ],
  ["run_external_id_named", update("run", "external_id = ''")],
  ["run_attempt_counts_from_one", update("run", "attempt = 0")],
  ["run_state_known", update("run", "state = 'up_for_retry'")],
  ["run_cause_known", update("run", "cause_kind = 'moon'")],
  ["run_error_has_both", update("run", "error_kind = 'oom'")],
  ["run_open_has_no_end", update("run", "ended_at = now()")],

  ["run_attempt_key", `insert into run_attempt select * from run_attempt`],
  ["run_attempt_of_run", update("run_attempt", "run_id = 99")],
  ["run_attempt_attempt_counts_from_one", update("run_attempt", "attempt = 0")],
  ["run_attempt_state_known", update("run_attempt", "state = 'up_for_retry'")],
  ["run_attempt_error_has_both", update("run_attempt", "error_message = 'boom'")],
  ["run_attempt_open_has_no_end", update("run_attempt", "state = 'running', ended_at = now()")],

  ["run_tally_key", "insert into run_tally select * from run_tally"],
  ["run_tally_of_source", update("run_tally", "source_id = 99")],
  ["run_tally_span_known", update("run_tally", "span = 5 where span = 60")],
  ["run_tally_state_known", update("run_tally", "state = 'lost' where span = 60")],
  ["run_tally_never_negative", update("run_tally", "runs = -1")],
  ["run_tally_open_is_now", update("run_tally", "state = 'failed' where span = 0")],
  ["run_tally_bucket_begins", update("run_tally", "bucket = '2026-01-01 10:30Z' where span = 60")],
  ["run_tally_bucket_begins", update("run_tally", "bucket = now() where span = 0")],

  [
    "quarantine_key",
    `insert into quarantine (id, source_id, kind, external_id, reason, sample) overriding system value
     values (1, 1, 'run', 'y', '', '')`,
  ],
  ["quarantine_of_source", update("quarantine", "source_id = 99")],
  [
    "quarantine_once",
    `insert into quarantine (source_id, kind, external_id, reason, sample) values (1, 'run', 'x', '', '')`,
  ],
  ["quarantine_kind_known", update("quarantine", "kind = 'cat'")],
  ["quarantine_times_counted", update("quarantine", "times = 0")],
  ["quarantine_seen_in_order", update("quarantine", "last_seen_at = first_seen_at - interval '1 second'")],

  [
    "credential_key",
    `insert into credential (id, kind, hash, principal, role, label) overriding system value
     values (1, 'token', sha256('b'), 'p', 'admin', '')`,
  ],
  [
    "credential_hash_unique",
    `insert into credential (kind, hash, principal, role, label)
     values ('token', sha256('a'), 'p', 'admin', '')`,
  ],
  ["credential_hash_is_sha256", update("credential", "hash = 'the token itself'")],
  ["credential_kind_known", update("credential", "kind = 'password', expires_at = now()")],
  ["credential_principal_named", update("credential", "principal = ''")],
  ["credential_role_known", update("credential", "role = 'god'")],
  ["credential_passing_kinds_expire", update("credential", "kind = 'session'")],

  [
    "intent_key",
    `insert into intent (source_id, id, job_id, kind, key, digest, principal, hand_off, send_until) overriding system value
     values (1, 1, 1, 'start', 'l', sha256('a'), 'ada', 'keyed', now())`,
  ],
  [
    "intent_key_once",
    `insert into intent (source_id, job_id, kind, key, digest, principal, hand_off, send_until)
     values (1, 1, 'start', 'k', sha256('a'), 'ada', 'keyed', now())`,
  ],
  ["intent_of_job", update("intent", "job_id = 99")],
  ["intent_kind_known", update("intent", "kind = 'wish'")],
  ["intent_key_can_be_carried", update("intent", "key = 'two words'")],
  ["intent_digest_is_sha256", update("intent", "digest = 'short'")],
  ["intent_principal_named", update("intent", "principal = ''")],
  ["intent_hand_off_known", update("intent", "hand_off = 'hopeful'")],
  ["intent_state_known", update("intent", "state = 'perhaps'")],
  ["intent_owner_named", update("intent", "owner = '', lease_until = now(), epoch = 1")],
  ["intent_epoch_grows", update("intent", "epoch = -1")],
  ["intent_lease_has_owner", update("intent", "lease_until = now(), epoch = 1")],
  ["intent_lease_has_epoch", update("intent", "owner = 'me', lease_until = now(), epoch = 0")],
  ["intent_sends_counted", update("intent", "sends = -1")],
  ["intent_looks_counted", update("intent", "looks = -1")],
  ["intent_sent_counted", update("intent", "sends = 1")],
  ["intent_doubt_was_sent", update("intent", "state = 'sending'")],
  ["intent_targets_a_run", update("intent", "target = 1, target_attempt = 1")],
  ["intent_target_has_attempt", update("intent", "kind = 'retry', target = 1")],
  [
    "intent_only_a_cancel_is_followed",
    update("intent", "state = 'heard', sends = 1, sent_at = now(), first_sent_at = now()"),
  ],
  ["intent_confirmed_names_its_run", update("intent", "state = 'confirmed', settled_at = now(), next_at = null")],
  ["intent_found_by_known", update("intent", "found_by = 'luck', external_run = 'r'")],
  ["intent_run_has_evidence", update("intent", "external_run = 'r'")],
  ["intent_fault_known", update("intent", "fault = 'tired', error = 'yawn'")],
  ["intent_fault_has_error", update("intent", "fault = 'busy'")],
  ["intent_final_is_settled", update("intent", "state = 'refused'")],
  ["intent_final_waits_for_nothing", update("intent", "next_at = null")],
  [
    "intent_call_key",
    `insert into intent_call (source_id, intent_id, id, epoch, call, outcome) overriding system value
     values (1, 1, 1, 1, 'start', 'sent')`,
  ],
  [
    "intent_call_of_intent",
    `insert into intent_call (source_id, intent_id, epoch, call, outcome) values (1, 99, 1, 'start', 'sent')`,
  ],
  ["intent_call_known", update("intent_call", "call = 'shout'")],
  ["intent_call_outcome_known", update("intent_call", "outcome = 'fine'")],
  ["intent_call_took_time", update("intent_call", "took_ms = -1")],
  ["run_name_key", "insert into run_name select * from run_name"],
  ["run_name_of_source", update("run_name", "source_id = 99")],
  ["run_name_job_named", update("run_name", "job = ''")],
  ["run_name_former_named", update("run_name", "former = ''")],
  ["run_name_named", update("run_name", "name = ''")],
  ["run_name_differs", update("run_name", "name = former")],

  [
    "foreign_gate_key",
    `insert into foreign_gate (source_id, id, job, run, external_id, title, opened_at, observed_at) overriding system value
     values (1, 1, 'j', 'r', 'h', '', now(), now())`,
  ],
  [
    "foreign_gate_once",
    `insert into foreign_gate (source_id, job, run, external_id, title, opened_at, observed_at)
     values (1, 'j', 'r', 'g', '', now(), now())`,
  ],
  ["foreign_gate_of_source", update("foreign_gate", "source_id = 99")],
  ["foreign_gate_job_named", update("foreign_gate", "job = ''")],
  ["foreign_gate_run_named", update("foreign_gate", "run = ''")],
  ["foreign_gate_external_id_named", update("foreign_gate", "external_id = ''")],

  ["job_link_key", "insert into job_link select * from job_link"],
  ["job_link_of_source", update("job_link", "source_id = 99")],
  ["job_link_kind_known", update("job_link", "kind = 'adores'")],
  ["job_link_job_named", update("job_link", "job = ''")],
  ["job_link_target_named", update("job_link", "target = ''")],
  ["job_link_not_to_itself", update("job_link", "target = job")],

  ["chore_key", "insert into chore select * from chore"],
  ["chore_named", update("chore", "name = ''")],
  ["chore_owner_named", update("chore", "owner = '', claimed_until = now()")],
  ["chore_claim_has_owner", update("chore", "claimed_until = now()")],
  ["chore_done_was_begun", update("chore", "done_at = now()")],
  ["chore_rows_counted", update("chore", "rows = -1")],
];

describe("a state that cannot be", () => {
  it.each(IMPOSSIBLE)("is kept out by %s", async (constraint, attempt) => {
    await expect(sql.raw(attempt).execute(database.db)).rejects.toMatchObject({ constraint });
  });

  it("is tried for every constraint there is", async () => {
    const { rows } = await sql<{ name: string }>`
      select conname as name from pg_constraint
      where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid::regclass::text not like 'schema\\_migration%'`.execute(
      database.db,
    );
    const tried = new Set(IMPOSSIBLE.map(([constraint]) => constraint));
    expect(rows.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});
