-- What the migrations make. Printed by `npm run schema:dump`; a test compares it.

create extension pg_trgm;

create table chore (
  name text not null,
  owner text,
  claimed_until timestamp with time zone,
  begun_at timestamp with time zone,
  done_at timestamp with time zone,
  rows bigint not null default 0,
  constraint chore_key PRIMARY KEY (name),
  constraint chore_claim_has_owner CHECK (((owner IS NULL) = (claimed_until IS NULL))),
  constraint chore_done_was_begun CHECK (((done_at IS NULL) OR (begun_at IS NOT NULL))),
  constraint chore_named CHECK ((name <> ''::text)),
  constraint chore_owner_named CHECK ((owner <> ''::text)),
  constraint chore_rows_counted CHECK ((rows >= 0))
);

create table credential (
  id bigint not null generated always as identity,
  kind text not null,
  hash bytea not null,
  principal text not null,
  role text not null,
  label text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint credential_key PRIMARY KEY (id),
  constraint credential_hash_unique UNIQUE (hash),
  constraint credential_hash_is_sha256 CHECK ((length(hash) = 32)),
  constraint credential_kind_known CHECK ((kind = ANY (ARRAY['token'::text, 'sign-in'::text, 'session'::text]))),
  constraint credential_passing_kinds_expire CHECK (((kind = 'token'::text) OR (expires_at IS NOT NULL))),
  constraint credential_principal_named CHECK ((principal <> ''::text)),
  constraint credential_role_known CHECK ((role = ANY (ARRAY['admin'::text, 'viewer'::text])))
);
CREATE INDEX credential_by_expiry ON public.credential USING btree (expires_at) WHERE (expires_at IS NOT NULL);

create table foreign_gate (
  source_id integer not null,
  id bigint not null generated always as identity,
  job text not null,
  run text not null,
  external_id text not null,
  title text not null,
  body text,
  choices text[] not null default '{}'::text[],
  asked text[] not null default '{}'::text[],
  since timestamp with time zone,
  url text,
  opened_at timestamp with time zone not null,
  observed_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint foreign_gate_key PRIMARY KEY (source_id, id),
  constraint foreign_gate_once UNIQUE (source_id, job, run, external_id),
  constraint foreign_gate_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint foreign_gate_external_id_named CHECK ((external_id <> ''::text)),
  constraint foreign_gate_job_named CHECK ((job <> ''::text)),
  constraint foreign_gate_run_named CHECK ((run <> ''::text))
);
CREATE INDEX foreign_gate_by_end ON public.foreign_gate USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX foreign_gate_by_source ON public.foreign_gate USING btree (source_id, opened_at DESC, id DESC);
CREATE INDEX foreign_gate_by_time ON public.foreign_gate USING btree (opened_at DESC, id DESC);
CREATE INDEX foreign_gate_waiting ON public.foreign_gate USING btree (opened_at DESC, id DESC) WHERE (ended_at IS NULL);
CREATE INDEX foreign_gate_waiting_by_source ON public.foreign_gate USING btree (source_id, opened_at DESC, id DESC) WHERE (ended_at IS NULL);

create table job (
  source_id integer not null,
  id bigint not null generated always as identity,
  external_id text not null,
  name text not null,
  path text[] not null default '{}'::text[],
  description text,
  schedule jsonb,
  next_at timestamp with time zone,
  paused boolean not null default false,
  owner text,
  tags text[] not null default '{}'::text[],
  url text,
  capabilities text[],
  hand_off text not null,
  problem text,
  sketched boolean not null default false,
  observed_at timestamp with time zone not null,
  missed_lists smallint not null default 0,
  gone_at timestamp with time zone,
  search text not null generated always as (lower(((external_id || ' '::text) || name))) stored,
  constraint job_key PRIMARY KEY (source_id, id),
  constraint job_external_id_unique UNIQUE (source_id, external_id),
  constraint job_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint job_capabilities_known CHECK ((capabilities <@ ARRAY['watch'::text, 'observe'::text, 'start'::text, 'find'::text, 'cancel'::text, 'retry'::text, 'pause'::text, 'resume'::text, 'log'::text, 'outputs'::text, 'parts'::text, 'gates'::text, 'links'::text])),
  constraint job_external_id_named CHECK ((external_id <> ''::text)),
  constraint job_hand_off_known CHECK ((hand_off = ANY (ARRAY['keyed'::text, 'marked'::text, 'blind'::text]))),
  constraint job_missed_lists_counted CHECK ((missed_lists >= 0)),
  constraint job_schedule_object CHECK ((jsonb_typeof(schedule) = 'object'::text))
);
CREATE INDEX job_by_name ON public.job USING btree (name, id);
CREATE INDEX job_by_next ON public.job USING btree (next_at, id) WHERE ((next_at IS NOT NULL) AND (gone_at IS NULL));
CREATE INDEX job_search ON public.job USING gin (search gin_trgm_ops);

create table job_link (
  source_id integer not null,
  kind text not null,
  job text not null,
  target text not null,
  constraint job_link_key PRIMARY KEY (source_id, job, kind, target),
  constraint job_link_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint job_link_job_named CHECK ((job <> ''::text)),
  constraint job_link_kind_known CHECK ((kind = ANY (ARRAY['follows'::text, 'reads'::text, 'writes'::text]))),
  constraint job_link_not_to_itself CHECK (((kind <> 'follows'::text) OR (job <> target))),
  constraint job_link_target_named CHECK ((target <> ''::text))
);
CREATE INDEX job_link_by_data ON public.job_link USING btree (target, kind, source_id, job) WHERE (kind <> 'follows'::text);
CREATE INDEX job_link_by_followed ON public.job_link USING btree (source_id, target, job) WHERE (kind = 'follows'::text);

create table quarantine (
  id bigint not null generated always as identity,
  source_id integer not null,
  kind text not null,
  external_id text not null,
  reason text not null,
  sample text not null,
  times bigint not null default 1,
  first_seen_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  constraint quarantine_key PRIMARY KEY (id),
  constraint quarantine_once UNIQUE (source_id, kind, external_id),
  constraint quarantine_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint quarantine_kind_known CHECK ((kind = ANY (ARRAY['job'::text, 'run'::text, 'gate'::text, 'link'::text]))),
  constraint quarantine_seen_in_order CHECK ((first_seen_at <= last_seen_at)),
  constraint quarantine_times_counted CHECK ((times >= 1))
);
CREATE INDEX quarantine_by_age ON public.quarantine USING btree (last_seen_at);

create table run (
  source_id integer not null,
  id bigint not null generated always as identity,
  job_id bigint not null,
  external_id text not null,
  attempt integer not null default 1,
  state text not null,
  native_state text not null,
  state_rule text not null,
  cause_kind text not null,
  cause_by text,
  cause_key text,
  parameters jsonb,
  error_kind text,
  error_message text,
  queued_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  url text,
  occurred_at timestamp with time zone not null,
  observed_at timestamp with time zone not null,
  gone_at_source timestamp with time zone,
  constraint run_key PRIMARY KEY (source_id, id),
  constraint run_external_id_unique UNIQUE (source_id, job_id, external_id),
  constraint run_of_job FOREIGN KEY (source_id, job_id) REFERENCES job(source_id, id) ON DELETE CASCADE,
  constraint run_attempt_counts_from_one CHECK ((attempt >= 1)),
  constraint run_cause_known CHECK ((cause_kind = ANY (ARRAY['schedule'::text, 'manual'::text, 'trigger'::text, 'backfill'::text, 'retry'::text, 'us'::text, 'unknown'::text]))),
  constraint run_error_has_both CHECK (((error_kind IS NULL) = (error_message IS NULL))),
  constraint run_external_id_named CHECK ((external_id <> ''::text)),
  constraint run_open_has_no_end CHECK (((ended_at IS NULL) OR (state <> ALL (ARRAY['queued'::text, 'running'::text, 'waiting'::text])))),
  constraint run_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'skipped'::text, 'unknown'::text])))
);
CREATE INDEX run_by_cause ON public.run USING btree (cause_kind, occurred_at DESC, id DESC) WHERE (cause_kind <> ALL (ARRAY['schedule'::text, 'unknown'::text]));
CREATE INDEX run_by_cause_key ON public.run USING btree (cause_key) WHERE (cause_key IS NOT NULL);
CREATE INDEX run_by_external_id ON public.run USING btree (external_id, job_id);
CREATE INDEX run_by_job ON public.run USING btree (source_id, job_id, occurred_at DESC, id DESC, state);
CREATE INDEX run_by_source ON public.run USING btree (source_id, occurred_at DESC, id DESC);
CREATE INDEX run_by_source_and_state ON public.run USING btree (source_id, state, occurred_at DESC, id DESC) WHERE (state <> 'succeeded'::text);
CREATE INDEX run_by_state ON public.run USING btree (state, occurred_at DESC, id DESC) WHERE (state <> 'succeeded'::text);
CREATE INDEX run_by_time ON public.run USING btree (occurred_at DESC, id DESC);
CREATE INDEX run_error_search ON public.run USING gin (lower(error_message) gin_trgm_ops) WHERE (error_message IS NOT NULL);
CREATE INDEX run_of_odd_length ON public.run USING btree (ended_at) WHERE (((ended_at - occurred_at) < '00:00:00'::interval) OR ((ended_at - occurred_at) > '1 day'::interval));
CREATE INDEX run_with_error ON public.run USING btree (occurred_at DESC, id DESC) WHERE (error_message IS NOT NULL);
CREATE STATISTICS public.run_length ON (ended_at - occurred_at) FROM run;

create table run_attempt (
  source_id integer not null,
  run_id bigint not null,
  attempt integer not null,
  state text not null,
  native_state text not null,
  state_rule text not null,
  error_kind text,
  error_message text,
  queued_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  observed_at timestamp with time zone not null,
  constraint run_attempt_key PRIMARY KEY (source_id, run_id, attempt),
  constraint run_attempt_of_run FOREIGN KEY (source_id, run_id) REFERENCES run(source_id, id) ON DELETE CASCADE,
  constraint run_attempt_attempt_counts_from_one CHECK ((attempt >= 1)),
  constraint run_attempt_error_has_both CHECK (((error_kind IS NULL) = (error_message IS NULL))),
  constraint run_attempt_open_has_no_end CHECK (((ended_at IS NULL) OR (state <> ALL (ARRAY['queued'::text, 'running'::text, 'waiting'::text])))),
  constraint run_attempt_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'skipped'::text, 'unknown'::text])))
);

create table run_name (
  source_id integer not null,
  job text not null,
  former text not null,
  name text not null,
  told_at timestamp with time zone not null default now(),
  constraint run_name_key PRIMARY KEY (source_id, job, former),
  constraint run_name_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint run_name_differs CHECK ((former <> name)),
  constraint run_name_former_named CHECK ((former <> ''::text)),
  constraint run_name_job_named CHECK ((job <> ''::text)),
  constraint run_name_named CHECK ((name <> ''::text))
);
CREATE INDEX run_name_by_age ON public.run_name USING btree (told_at);

create table run_tally (
  source_id integer not null,
  span smallint not null,
  bucket timestamp with time zone not null,
  state text not null,
  runs bigint not null,
  constraint run_tally_key PRIMARY KEY (span, bucket, source_id, state),
  constraint run_tally_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint run_tally_bucket_begins CHECK (
CASE
    WHEN (span = 0) THEN (bucket = '-infinity'::timestamp with time zone)
    ELSE (bucket = date_bin(((span)::double precision * '00:01:00'::interval), bucket, '1970-01-01 00:00:00+00'::timestamp with time zone))
END),
  constraint run_tally_never_negative CHECK ((runs >= 0)),
  constraint run_tally_open_is_now CHECK (((span = 0) = (state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text, 'unknown'::text])))),
  constraint run_tally_span_known CHECK ((span = ANY (ARRAY[0, 1, 60]))),
  constraint run_tally_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text, 'skipped'::text, 'unknown'::text])))
) with (fillfactor=70);

create table source (
  id integer not null generated always as identity,
  name text not null,
  adapter text not null,
  url text not null,
  config jsonb not null,
  sync jsonb not null default '{}'::jsonb,
  labels jsonb not null default '{}'::jsonb,
  hand_off text not null,
  capabilities text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  constraint source_key PRIMARY KEY (id),
  constraint source_name_unique UNIQUE (name),
  constraint source_adapter_named CHECK ((adapter <> ''::text)),
  constraint source_capabilities_known CHECK ((capabilities <@ ARRAY['watch'::text, 'observe'::text, 'start'::text, 'find'::text, 'cancel'::text, 'retry'::text, 'pause'::text, 'resume'::text, 'log'::text, 'outputs'::text, 'parts'::text, 'gates'::text, 'links'::text])),
  constraint source_config_object CHECK ((jsonb_typeof(config) = 'object'::text)),
  constraint source_hand_off_known CHECK ((hand_off = ANY (ARRAY['keyed'::text, 'marked'::text, 'blind'::text]))),
  constraint source_labels_object CHECK ((jsonb_typeof(labels) = 'object'::text)),
  constraint source_name_is_a_label CHECK ((name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
  constraint source_sync_object CHECK ((jsonb_typeof(sync) = 'object'::text))
);

create table source_sync (
  source_id integer not null,
  owner text,
  epoch bigint not null default 0,
  lease_until timestamp with time zone,
  watermark timestamp with time zone,
  backfill_from timestamp with time zone,
  backfill_reached timestamp with time zone,
  backfill_done_at timestamp with time zone,
  backfill_runs bigint not null default 0,
  reachable boolean,
  version text,
  fault text,
  error text,
  failures integer not null default 0,
  missing_rights text[] not null default '{}'::text[],
  troubles text[] not null default '{}'::text[],
  clock_skew_ms double precision,
  latency_ms double precision,
  pace_ms double precision,
  attempted_at timestamp with time zone,
  synced_at timestamp with time zone,
  probed_at timestamp with time zone,
  jobs_swept_at timestamp with time zone,
  open_swept_at timestamp with time zone,
  jobs integer not null default 0,
  gates_asked_at timestamp with time zone,
  gates_error text,
  links_asked_at timestamp with time zone,
  links_error text,
  constraint source_sync_key PRIMARY KEY (source_id),
  constraint source_sync_of_source FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE,
  constraint source_sync_backfill_began CHECK (((backfill_from IS NOT NULL) OR ((backfill_reached IS NULL) AND (backfill_done_at IS NULL)))),
  constraint source_sync_backfill_counted CHECK ((backfill_runs >= 0)),
  constraint source_sync_epoch_grows CHECK ((epoch >= 0)),
  constraint source_sync_failures_counted CHECK ((failures >= 0)),
  constraint source_sync_fault_has_error CHECK (((fault IS NULL) = (error IS NULL))),
  constraint source_sync_fault_known CHECK ((fault = ANY (ARRAY['unreachable'::text, 'busy'::text, 'refused'::text, 'missing'::text, 'conflict'::text, 'malformed'::text, 'ours'::text]))),
  constraint source_sync_jobs_counted CHECK ((jobs >= 0)),
  constraint source_sync_lease_has_epoch CHECK (((owner IS NULL) OR (epoch > 0))),
  constraint source_sync_lease_has_owner CHECK (((owner IS NULL) = (lease_until IS NULL))),
  constraint source_sync_owner_named CHECK ((owner <> ''::text))
) with (fillfactor=50);
