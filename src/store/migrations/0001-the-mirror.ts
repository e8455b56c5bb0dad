/**
 * The mirror: sources, their jobs, their runs, and how fresh all of it is. Locks nothing: the tables are new.
 *
 * Every key begins with `source_id`, so that the tables distribute by source without a change of query. What changes
 * at every poll (`source_sync`) lies apart from what people declare (`source`), so that an unchanged fleet rewrites one
 * small row a source and nothing else.
 */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await sql`create extension if not exists pg_trgm`.execute(db);

  await sql`
    create table source (
      id integer generated always as identity constraint source_key primary key,
      name text not null constraint source_name_unique unique
        constraint source_name_is_a_label check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
      adapter text not null constraint source_adapter_named check (adapter <> ''),
      url text not null,
      config jsonb not null constraint source_config_object check (jsonb_typeof(config) = 'object'),
      -- look_back, pace and the like, as declared.
      sync jsonb not null default '{}' constraint source_sync_object check (jsonb_typeof(sync) = 'object'),
      labels jsonb not null default '{}' constraint source_labels_object check (jsonb_typeof(labels) = 'object'),
      hand_off text not null constraint source_hand_off_known check (hand_off in ('keyed', 'marked', 'blind')),
      capabilities text[] not null default '{}' constraint source_capabilities_known check (capabilities <@ array[
        'watch', 'observe', 'start', 'find', 'cancel', 'retry', 'pause', 'resume', 'log', 'outputs', 'parts',
        'gates', 'links']),
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      removed_at timestamptz
    )`.execute(db);

  await sql`
    create table source_sync (
      source_id integer constraint source_sync_key primary key
        constraint source_sync_of_source references source on delete cascade,
      -- Who reads this source now. A write by a holder whose epoch is past changes nothing.
      owner text constraint source_sync_owner_named check (owner <> ''),
      epoch bigint not null default 0 constraint source_sync_epoch_grows check (epoch >= 0),
      lease_until timestamptz,
      -- By the remote's clock. Moves only after everything before it is committed.
      watermark timestamptz,
      backfill_from timestamptz,
      backfill_reached timestamptz,
      backfill_done_at timestamptz,
      backfill_runs bigint not null default 0 constraint source_sync_backfill_counted check (backfill_runs >= 0),
      reachable boolean,
      version text,
      fault text constraint source_sync_fault_known
        check (fault in ('unreachable', 'busy', 'refused', 'missing', 'conflict', 'malformed', 'ours')),
      error text,
      failures integer not null default 0 constraint source_sync_failures_counted check (failures >= 0),
      missing_rights text[] not null default '{}',
      troubles text[] not null default '{}',
      clock_skew_ms double precision,
      latency_ms double precision,
      pace_ms double precision,
      attempted_at timestamptz,
      synced_at timestamptz,
      probed_at timestamptz,
      jobs_swept_at timestamptz,
      open_swept_at timestamptz,
      jobs integer not null default 0 constraint source_sync_jobs_counted check (jobs >= 0),
      constraint source_sync_lease_has_owner check ((owner is null) = (lease_until is null)),
      -- A lease somebody took has a number of its own.
      constraint source_sync_lease_has_epoch check (owner is null or epoch > 0),
      constraint source_sync_backfill_began check (
        backfill_from is not null or (backfill_reached is null and backfill_done_at is null)),
      constraint source_sync_fault_has_error check ((fault is null) = (error is null))
    ) with (fillfactor = 50)`.execute(db);

  await sql`
    create table job (
      source_id integer not null constraint job_of_source references source on delete cascade,
      id bigint generated always as identity,
      external_id text collate "C" not null constraint job_external_id_named check (external_id <> ''),
      name text not null,
      path text[] not null default '{}',
      description text,
      schedule jsonb constraint job_schedule_object check (jsonb_typeof(schedule) = 'object'),
      next_at timestamptz,
      paused boolean not null default false,
      owner text,
      tags text[] not null default '{}',
      url text,
      capabilities text[] constraint job_capabilities_known check (capabilities <@ array[
        'watch', 'observe', 'start', 'find', 'cancel', 'retry', 'pause', 'resume', 'log', 'outputs', 'parts',
        'gates', 'links']),
      hand_off text not null constraint job_hand_off_known check (hand_off in ('keyed', 'marked', 'blind')),
      problem text,
      -- Seen only through its runs so far; the next full list tells the rest.
      sketched boolean not null default false,
      observed_at timestamptz not null,
      -- Full lists in a row that did not hold it. It is gone only after several, for a role edit looks like deletion.
      missed_lists smallint not null default 0 constraint job_missed_lists_counted check (missed_lists >= 0),
      gone_at timestamptz,
      search text not null generated always as (lower(external_id || ' ' || name)) stored,
      constraint job_key primary key (source_id, id),
      constraint job_external_id_unique unique (source_id, external_id)
    )`.execute(db);
  await sql`create index job_by_name on job (name, id)`.execute(db);
  await sql`create index job_by_next on job (next_at, id) where next_at is not null and gone_at is null`.execute(db);
  await sql`create index job_search on job using gin (search gin_trgm_ops)`.execute(db);

  await sql`
    create table run (
      source_id integer not null,
      id bigint generated always as identity,
      job_id bigint not null,
      -- Compared byte by byte in every database, so that a beginning is a range of an index.
      external_id text collate "C" not null constraint run_external_id_named check (external_id <> ''),
      attempt integer not null default 1 constraint run_attempt_counts_from_one check (attempt >= 1),
      state text not null constraint run_state_known check (
        state in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'skipped', 'unknown')),
      native_state text not null,
      state_rule text not null,
      cause_kind text not null constraint run_cause_known check (
        cause_kind in ('schedule', 'manual', 'trigger', 'backfill', 'retry', 'us', 'unknown')),
      cause_by text,
      cause_key text,
      parameters jsonb,
      error_kind text,
      error_message text,
      queued_at timestamptz,
      started_at timestamptz,
      ended_at timestamptz,
      url text,
      -- Where it lies on the time line: begun, else queued, else first seen. Never null, so that pages can be keyed by it.
      occurred_at timestamptz not null,
      -- By the remote's clock, when we last learned something new of it.
      observed_at timestamptz not null,
      gone_at_source timestamptz,
      constraint run_key primary key (source_id, id),
      constraint run_external_id_unique unique (source_id, job_id, external_id),
      constraint run_of_job foreign key (source_id, job_id) references job (source_id, id) on delete cascade,
      constraint run_error_has_both check ((error_kind is null) = (error_message is null)),
      constraint run_open_has_no_end check (ended_at is null or state not in ('queued', 'running', 'waiting'))
    )`.execute(db);
  await sql`create index run_by_time on run (occurred_at desc, id desc)`.execute(db);
  await sql`create index run_by_source on run (source_id, occurred_at desc, id desc)`.execute(db);
  await sql`create index run_by_job on run (source_id, job_id, occurred_at desc, id desc, state)`.execute(db);
  // Nearly every run succeeds, and a list of those is well served by run_by_time: only the others are worth an index.
  await sql`create index run_by_state on run (state, occurred_at desc, id desc) where state <> 'succeeded'`.execute(db);
  // Also what the sync asks of a source: which of its runs are open.
  await sql`create index run_by_source_and_state on run (source_id, state, occurred_at desc, id desc) where state <> 'succeeded'`.execute(
    db,
  );
  // A run lies within a day of its end, so the index by time finds those that ended in a window; but for these few.
  await sql`create index run_of_odd_length on run (ended_at)
    where ended_at - occurred_at not between interval '0' and interval '1 day'`.execute(db);
  // Without it the planner takes "within a day" for one run in two hundred, and reads the whole table to find a page.
  await sql`create statistics run_length on (ended_at - occurred_at) from run`.execute(db);
  await sql`create index run_by_cause on run (cause_kind, occurred_at desc, id desc)
    where cause_kind not in ('schedule', 'unknown')`.execute(db);
  await sql`create index run_by_external_id on run (external_id, job_id)`.execute(db);
  await sql`create index run_by_cause_key on run (cause_key) where cause_key is not null`.execute(db);
  await sql`create index run_with_error on run (occurred_at desc, id desc) where error_message is not null`.execute(db);
  await sql`create index run_error_search on run using gin (lower(error_message) gin_trgm_ops) where error_message is not null`.execute(
    db,
  );

  await sql`
    create table run_attempt (
      source_id integer not null,
      run_id bigint not null,
      attempt integer not null constraint run_attempt_attempt_counts_from_one check (attempt >= 1),
      state text not null constraint run_attempt_state_known check (
        state in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'skipped', 'unknown')),
      native_state text not null,
      state_rule text not null,
      error_kind text,
      error_message text,
      queued_at timestamptz,
      started_at timestamptz,
      ended_at timestamptz,
      observed_at timestamptz not null,
      constraint run_attempt_key primary key (source_id, run_id, attempt),
      constraint run_attempt_error_has_both check ((error_kind is null) = (error_message is null)),
      constraint run_attempt_open_has_no_end check (ended_at is null or state not in ('queued', 'running', 'waiting')),
      constraint run_attempt_of_run foreign key (source_id, run_id) references run (source_id, id) on delete cascade
    )`.execute(db);

  // Counts kept as the data arrives, so that no window is ever counted by a scan. `span` is 0 for the runs that are
  // open now (bucket -infinity), else the bucket's length in minutes: 1 and 60, by the time a run ended.
  await sql`
    create table run_tally (
      source_id integer not null constraint run_tally_of_source references source on delete cascade,
      span smallint not null constraint run_tally_span_known check (span in (0, 1, 60)),
      bucket timestamptz not null,
      state text not null constraint run_tally_state_known check (
        state in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'skipped', 'unknown')),
      runs bigint not null,
      constraint run_tally_key primary key (span, bucket, source_id, state),
      constraint run_tally_open_is_now check ((span = 0) = (state in ('queued', 'running', 'waiting', 'unknown'))),
      -- A bucket that begins elsewhere would be counted beside its neighbour, or not at all.
      constraint run_tally_bucket_begins check (case when span = 0 then bucket = '-infinity'
        else bucket = date_bin(span * interval '1 minute', bucket, timestamptz 'epoch') end),
      constraint run_tally_never_negative check (runs >= 0)
    ) with (fillfactor = 70)`.execute(db);

  await sql`
    create table quarantine (
      id bigint generated always as identity constraint quarantine_key primary key,
      source_id integer not null constraint quarantine_of_source references source on delete cascade,
      kind text not null constraint quarantine_kind_known check (kind in ('job', 'run')),
      external_id text not null,
      reason text not null,
      sample text not null,
      times bigint not null default 1 constraint quarantine_times_counted check (times >= 1),
      first_seen_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      constraint quarantine_seen_in_order check (first_seen_at <= last_seen_at),
      constraint quarantine_once unique (source_id, kind, external_id)
    )`.execute(db);

  // Tokens, sign-in links and sessions: only their SHA-256, for each is 256 random bits.
  await sql`
    create table credential (
      id bigint generated always as identity constraint credential_key primary key,
      kind text not null constraint credential_kind_known check (kind in ('token', 'sign-in', 'session')),
      hash bytea not null constraint credential_hash_unique unique
        constraint credential_hash_is_sha256 check (length(hash) = 32),
      principal text not null constraint credential_principal_named check (principal <> ''),
      role text not null constraint credential_role_known check (role in ('admin', 'viewer')),
      label text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      used_at timestamptz,
      revoked_at timestamptz,
      -- Only a token may be good for ever, and only because somebody asked for one.
      constraint credential_passing_kinds_expire check (kind = 'token' or expires_at is not null)
    )`.execute(db);
}
