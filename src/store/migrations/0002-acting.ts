/**
 * Acting on the tools: what we are about to cause there, written down before it is caused, and every call that came of it.
 * Locks nothing: the tables are new.
 *
 * An intent names its job and its runs by our rows, which keep their ids when a tool renames. There is no foreign key to
 * a run: a key must never be used twice, so the intent outlives whatever becomes of the run.
 */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table intent (
      source_id integer not null,
      id bigint generated always as identity,
      job_id bigint not null,
      kind text not null constraint intent_kind_known check (kind in ('start', 'retry', 'cancel', 'pause', 'resume')),
      -- What every tool can carry in a name, a header or a parameter.
      key text collate "C" not null constraint intent_key_can_be_carried check (key ~ '^[A-Za-z0-9][A-Za-z0-9_.:~-]{0,119}$'),
      -- The run that is retried or cancelled, and the attempt it had then.
      target bigint,
      target_attempt integer,
      parameters jsonb,
      digest bytea not null constraint intent_digest_is_sha256 check (length(digest) = 32),
      principal text not null constraint intent_principal_named check (principal <> ''),
      note text,
      hand_off text not null constraint intent_hand_off_known check (hand_off in ('keyed', 'marked', 'blind')),
      state text not null default 'pending' constraint intent_state_known check (
        state in ('pending', 'sending', 'heard', 'uncertain', 'orphan', 'confirmed', 'refused', 'abandoned')),
      -- Who works on it now. A write by a holder whose epoch is past changes nothing.
      owner text constraint intent_owner_named check (owner <> ''),
      epoch bigint not null default 0 constraint intent_epoch_grows check (epoch >= 0),
      lease_until timestamptz,
      -- All moments by the database's clock. When it has to be looked at next; null when never again.
      next_at timestamptz default now(),
      send_until timestamptz not null,
      first_sent_at timestamptz,
      sent_at timestamptz,
      sends integer not null default 0 constraint intent_sends_counted check (sends >= 0),
      looks integer not null default 0 constraint intent_looks_counted check (looks >= 0),
      -- What it became: our row, and the name by which the tool answered.
      run_id bigint,
      external_run text,
      found_by text constraint intent_found_by_known check (found_by in ('answer', 'key', 'exclusion', 'state', 'person')),
      merged boolean not null default false,
      warning text,
      fault text constraint intent_fault_known
        check (fault in ('unreachable', 'busy', 'refused', 'missing', 'conflict', 'malformed', 'ours')),
      error text,
      -- Until then the sync asks for its run as often as it may.
      watch_until timestamptz,
      created_at timestamptz not null default now(),
      settled_at timestamptz,
      constraint intent_key primary key (source_id, id),
      constraint intent_key_once unique (source_id, key),
      constraint intent_of_job foreign key (source_id, job_id) references job (source_id, id) on delete cascade,
      constraint intent_targets_a_run check ((kind in ('retry', 'cancel')) = (target is not null)),
      constraint intent_target_has_attempt check ((target is null) = (target_attempt is null)),
      constraint intent_lease_has_owner check ((owner is null) = (lease_until is null)),
      constraint intent_lease_has_epoch check (owner is null or epoch > 0),
      constraint intent_sent_counted check ((sends > 0) = (sent_at is not null) and (sent_at is null) = (first_sent_at is null)),
      constraint intent_doubt_was_sent check (state not in ('sending', 'heard', 'uncertain', 'orphan') or sent_at is not null),
      constraint intent_only_a_cancel_is_followed check (state not in ('heard', 'orphan') or kind = 'cancel'),
      constraint intent_confirmed_names_its_run check (
        state <> 'confirmed' or kind not in ('start', 'retry') or external_run is not null),
      constraint intent_run_has_evidence check ((found_by is null) = (external_run is null) and (run_id is null or external_run is not null)),
      constraint intent_fault_has_error check ((fault is null) = (error is null)),
      constraint intent_final_is_settled check ((state in ('confirmed', 'refused', 'abandoned')) = (settled_at is not null)),
      constraint intent_final_waits_for_nothing check ((settled_at is null) = (next_at is not null))
    )`.execute(db);
  await sql`create index intent_due on intent (next_at) where next_at is not null`.execute(db);
  // A tool that can neither refuse nor search gets one unconfirmed start of a job at a time: a second one would take away
  // the only evidence by which the first is recognised.
  await sql`create unique index intent_blind_one_at_a_time on intent (source_id, job_id)
    where hand_off = 'blind' and kind in ('start', 'retry') and state in ('sending', 'uncertain')`.execute(db);
  await sql`create unique index intent_one_wish_a_run on intent (source_id, target, kind)
    where target is not null and settled_at is null`.execute(db);
  await sql`create unique index intent_one_switch_a_job on intent (source_id, job_id)
    where kind in ('pause', 'resume') and settled_at is null`.execute(db);
  await sql`create index intent_by_time on intent (created_at desc, id desc)`.execute(db);
  await sql`create index intent_open on intent (state, created_at desc, id desc) where settled_at is null`.execute(db);
  await sql`create index intent_by_run on intent (source_id, run_id) where run_id is not null`.execute(db);
  await sql`create index intent_by_target on intent (source_id, target) where target is not null`.execute(db);
  await sql`create index intent_by_job on intent (source_id, job_id, created_at desc, id desc)`.execute(db);
  await sql`create index intent_watched on intent (source_id) where watch_until is not null`.execute(db);

  // Only ever appended to: what was called, and with what answer.
  await sql`
    create table intent_call (
      source_id integer not null,
      intent_id bigint not null,
      id bigint generated always as identity,
      epoch bigint not null,
      at timestamptz not null default clock_timestamp(),
      call text not null constraint intent_call_known check (
        call in ('start', 'retry', 'cancel', 'pause', 'resume', 'find', 'observe', 'ask')),
      outcome text not null constraint intent_call_outcome_known check (
        outcome in ('sent', 'accepted', 'refused', 'doubt', 'unsent', 'found', 'absent', 'failed', 'told')),
      detail text,
      took_ms double precision constraint intent_call_took_time check (took_ms >= 0),
      constraint intent_call_key primary key (source_id, intent_id, id),
      constraint intent_call_of_intent foreign key (source_id, intent_id) references intent (source_id, id) on delete cascade
    )`.execute(db);
}
