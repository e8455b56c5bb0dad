/**
 * What surrounds a run: the names it had before, the people it waits for, the jobs and the data it depends on; and the
 * nightly chores. The tables are new. `source_sync` gets four columns without a default and `quarantine` a wider check:
 * both are locked for a moment, and the second is read once, which is a small table's moment as well.
 *
 * Gates and links name their jobs and runs as the tool does. They are read in phases of their own, so one may be told
 * before the job it names has been listed; a key into `job` would have to refuse it, or invent the job.
 */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table run_name (
      source_id integer not null constraint run_name_of_source references source on delete cascade,
      job text collate "C" not null constraint run_name_job_named check (job <> ''),
      -- What the tool called it before. A sighting under this name is a late one.
      former text collate "C" not null constraint run_name_former_named check (former <> ''),
      name text collate "C" not null constraint run_name_named check (name <> ''),
      told_at timestamptz not null default now(),
      constraint run_name_key primary key (source_id, job, former),
      constraint run_name_differs check (former <> name)
    )`.execute(db);
  await sql`create index run_name_by_age on run_name (told_at)`.execute(db);

  await sql`
    create table foreign_gate (
      source_id integer not null constraint foreign_gate_of_source references source on delete cascade,
      id bigint generated always as identity,
      job text collate "C" not null constraint foreign_gate_job_named check (job <> ''),
      run text collate "C" not null constraint foreign_gate_run_named check (run <> ''),
      external_id text collate "C" not null constraint foreign_gate_external_id_named check (external_id <> ''),
      title text not null,
      body text,
      choices text[] not null default '{}',
      asked text[] not null default '{}',
      since timestamptz,
      url text,
      -- Since when it waits, or when it was first seen where the tool does not say. Never null: pages are keyed by it.
      opened_at timestamptz not null,
      observed_at timestamptz not null,
      -- When the tool no longer waited for it. Who answered what, the tool knows.
      ended_at timestamptz,
      constraint foreign_gate_key primary key (source_id, id),
      constraint foreign_gate_once unique (source_id, job, run, external_id)
    )`.execute(db);
  await sql`create index foreign_gate_by_time on foreign_gate (opened_at desc, id desc)`.execute(db);
  await sql`create index foreign_gate_waiting on foreign_gate (opened_at desc, id desc) where ended_at is null`.execute(
    db,
  );
  await sql`create index foreign_gate_waiting_by_source on foreign_gate (source_id, opened_at desc, id desc) where ended_at is null`.execute(
    db,
  );
  await sql`create index foreign_gate_by_source on foreign_gate (source_id, opened_at desc, id desc)`.execute(db);
  await sql`create index foreign_gate_by_end on foreign_gate (ended_at) where ended_at is not null`.execute(db);

  await sql`
    create table job_link (
      source_id integer not null constraint job_link_of_source references source on delete cascade,
      kind text not null constraint job_link_kind_known check (kind in ('follows', 'reads', 'writes')),
      job text collate "C" not null constraint job_link_job_named check (job <> ''),
      -- The job of this source that is followed, or the data that is read or written.
      target text collate "C" not null constraint job_link_target_named check (target <> ''),
      constraint job_link_key primary key (source_id, job, kind, target),
      constraint job_link_not_to_itself check (kind <> 'follows' or job <> target)
    )`.execute(db);
  await sql`create index job_link_by_followed on job_link (source_id, target, job) where kind = 'follows'`.execute(db);
  // Across sources: data named alike is the same data.
  await sql`create index job_link_by_data on job_link (target, kind, source_id, job) where kind <> 'follows'`.execute(
    db,
  );

  // What a source has beside its jobs and runs fails by itself: its fault is no fault of the pass.
  await sql`
    alter table source_sync
      add column gates_asked_at timestamptz, add column gates_error text,
      add column links_asked_at timestamptz, add column links_error text`.execute(db);
  await sql`
    alter table quarantine drop constraint quarantine_kind_known,
      add constraint quarantine_kind_known check (kind in ('job', 'run', 'gate', 'link'))`.execute(db);
  await sql`create index quarantine_by_age on quarantine (last_seen_at)`.execute(db);
  await sql`create index credential_by_expiry on credential (expires_at) where expires_at is not null`.execute(db);

  // A chore is done by whoever claims its row; one whose holder died is free again when the claim ends.
  await sql`
    create table chore (
      name text constraint chore_key primary key constraint chore_named check (name <> ''),
      owner text constraint chore_owner_named check (owner <> ''),
      claimed_until timestamptz,
      begun_at timestamptz,
      done_at timestamptz,
      rows bigint not null default 0 constraint chore_rows_counted check (rows >= 0),
      constraint chore_claim_has_owner check ((owner is null) = (claimed_until is null)),
      constraint chore_done_was_begun check (done_at is null or begun_at is not null)
    )`.execute(db);
}
