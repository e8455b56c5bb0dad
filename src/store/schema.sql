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

create table intent (
  source_id integer not null,
  id bigint not null generated always as identity,
  job_id bigint not null,
  kind text not null,
  key text not null,
  target bigint,
  target_attempt integer,
  parameters jsonb,
  digest bytea not null,
  principal text not null,
  note text,
  hand_off text not null,
  state text not null default 'pending'::text,
  owner text,
  epoch bigint not null default 0,
  lease_until timestamp with time zone,
  next_at timestamp with time zone default now(),
  send_until timestamp with time zone not null,
  first_sent_at timestamp with time zone,
  sent_at timestamp with time zone,
  sends integer not null default 0,
  looks integer not null default 0,
  run_id bigint,
  external_run text,
  found_by text,
  merged boolean not null default false,
  warning text,
  fault text,
  error text,
  watch_until timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  settled_at timestamp with time zone,
  constraint intent_key PRIMARY KEY (source_id, id),
  constraint intent_key_once UNIQUE (source_id, key),
  constraint intent_of_job FOREIGN KEY (source_id, job_id) REFERENCES job(source_id, id) ON DELETE CASCADE,
  constraint intent_confirmed_names_its_run CHECK (((state <> 'confirmed'::text) OR (kind <> ALL (ARRAY['start'::text, 'retry'::text])) OR (external_run IS NOT NULL))),
  constraint intent_digest_is_sha256 CHECK ((length(digest) = 32)),
  constraint intent_doubt_was_sent CHECK (((state <> ALL (ARRAY['sending'::text, 'heard'::text, 'uncertain'::text, 'orphan'::text])) OR (sent_at IS NOT NULL))),
  constraint intent_epoch_grows CHECK ((epoch >= 0)),
  constraint intent_fault_has_error CHECK (((fault IS NULL) = (error IS NULL))),
  constraint intent_fault_known CHECK ((fault = ANY (ARRAY['unreachable'::text, 'busy'::text, 'refused'::text, 'missing'::text, 'conflict'::text, 'malformed'::text, 'ours'::text]))),
  constraint intent_final_is_settled CHECK (((state = ANY (ARRAY['confirmed'::text, 'refused'::text, 'abandoned'::text])) = (settled_at IS NOT NULL))),
  constraint intent_final_waits_for_nothing CHECK (((settled_at IS NULL) = (next_at IS NOT NULL))),
  constraint intent_found_by_known CHECK ((found_by = ANY (ARRAY['answer'::text, 'key'::text, 'exclusion'::text, 'state'::text, 'person'::text]))),
  constraint intent_hand_off_known CHECK ((hand_off = ANY (ARRAY['keyed'::text, 'marked'::text, 'blind'::text]))),
  constraint intent_key_can_be_carried CHECK ((key ~ '^[A-Za-z0-9][A-Za-z0-9_.:~-]{0,119}$'::text)),
  constraint intent_kind_known CHECK ((kind = ANY (ARRAY['start'::text, 'retry'::text, 'cancel'::text, 'pause'::text, 'resume'::text]))),
  constraint intent_lease_has_epoch CHECK (((owner IS NULL) OR (epoch > 0))),
  constraint intent_lease_has_owner CHECK (((owner IS NULL) = (lease_until IS NULL))),
  constraint intent_looks_counted CHECK ((looks >= 0)),
  constraint intent_only_a_cancel_is_followed CHECK (((state <> ALL (ARRAY['heard'::text, 'orphan'::text])) OR (kind = 'cancel'::text))),
  constraint intent_owner_named CHECK ((owner <> ''::text)),
  constraint intent_principal_named CHECK ((principal <> ''::text)),
  constraint intent_run_has_evidence CHECK ((((found_by IS NULL) = (external_run IS NULL)) AND ((run_id IS NULL) OR (external_run IS NOT NULL)))),
  constraint intent_sends_counted CHECK ((sends >= 0)),
  constraint intent_sent_counted CHECK ((((sends > 0) = (sent_at IS NOT NULL)) AND ((sent_at IS NULL) = (first_sent_at IS NULL)))),
  constraint intent_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'heard'::text, 'uncertain'::text, 'orphan'::text, 'confirmed'::text, 'refused'::text, 'abandoned'::text]))),
  constraint intent_target_has_attempt CHECK (((target IS NULL) = (target_attempt IS NULL))),
  constraint intent_targets_a_run CHECK (((kind = ANY (ARRAY['retry'::text, 'cancel'::text])) = (target IS NOT NULL)))
);
CREATE UNIQUE INDEX intent_blind_one_at_a_time ON public.intent USING btree (source_id, job_id) WHERE ((hand_off = 'blind'::text) AND (kind = ANY (ARRAY['start'::text, 'retry'::text])) AND (state = ANY (ARRAY['sending'::text, 'uncertain'::text])));
CREATE INDEX intent_by_job ON public.intent USING btree (source_id, job_id, created_at DESC, id DESC);
CREATE INDEX intent_by_run ON public.intent USING btree (source_id, run_id) WHERE (run_id IS NOT NULL);
CREATE INDEX intent_by_target ON public.intent USING btree (source_id, target) WHERE (target IS NOT NULL);
CREATE INDEX intent_by_time ON public.intent USING btree (created_at DESC, id DESC);
CREATE INDEX intent_due ON public.intent USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE UNIQUE INDEX intent_one_switch_a_job ON public.intent USING btree (source_id, job_id) WHERE ((kind = ANY (ARRAY['pause'::text, 'resume'::text])) AND (settled_at IS NULL));
CREATE UNIQUE INDEX intent_one_wish_a_run ON public.intent USING btree (source_id, target, kind) WHERE ((target IS NOT NULL) AND (settled_at IS NULL));
CREATE INDEX intent_open ON public.intent USING btree (state, created_at DESC, id DESC) WHERE (settled_at IS NULL);
CREATE INDEX intent_watched ON public.intent USING btree (source_id) WHERE (watch_until IS NOT NULL);

create table intent_call (
  source_id integer not null,
  intent_id bigint not null,
  id bigint not null generated always as identity,
  epoch bigint not null,
  at timestamp with time zone not null default clock_timestamp(),
  call text not null,
  outcome text not null,
  detail text,
  took_ms double precision,
  constraint intent_call_key PRIMARY KEY (source_id, intent_id, id),
  constraint intent_call_of_intent FOREIGN KEY (source_id, intent_id) REFERENCES intent(source_id, id) ON DELETE CASCADE,
  constraint intent_call_known CHECK ((call = ANY (ARRAY['start'::text, 'retry'::text, 'cancel'::text, 'pause'::text, 'resume'::text, 'find'::text, 'observe'::text, 'ask'::text]))),
  constraint intent_call_outcome_known CHECK ((outcome = ANY (ARRAY['sent'::text, 'accepted'::text, 'refused'::text, 'doubt'::text, 'unsent'::text, 'found'::text, 'absent'::text, 'failed'::text, 'told'::text]))),
  constraint intent_call_took_time CHECK ((took_ms >= (0)::double precision))
);

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
