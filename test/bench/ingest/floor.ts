/** COPY into a temporary table and one merge: no lease, no counts, no attempts, nobody told. */
import { Client } from "pg";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import { copyIn } from "./copy-in.ts";

const COLUMNS = `job, run, state, native_state, state_rule, cause_kind, parameters, queued_at, started_at, ended_at, url`;

const MERGE = `
  insert into run (source_id, job_id, external_id, state, native_state, state_rule, cause_kind, parameters, queued_at, started_at,
    ended_at, url, occurred_at, observed_at)
  select job.source_id, job.id, p.run, p.state, p.native_state, p.state_rule, p.cause_kind, p.parameters, p.queued_at, p.started_at,
    p.ended_at, p.url, p.started_at, now()
  from page p join job on job.source_id = $1 and job.external_id = p.job
  on conflict (source_id, job_id, external_id) do update set state = excluded.state, native_state = excluded.native_state,
    state_rule = excluded.state_rule, cause_kind = excluded.cause_kind, parameters = excluded.parameters,
    error_kind = null, error_message = null, queued_at = excluded.queued_at, started_at = excluded.started_at,
    ended_at = excluded.ended_at, url = excluded.url, occurred_at = excluded.occurred_at, observed_at = excluded.observed_at`;

export interface Floor {
  merge(sourceId: number, runs: readonly ForeignRun[]): Promise<void>;
  close(): Promise<void>;
}

export async function openFloor(url: string): Promise<Floor> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create temp table page (job text collate "C", run text collate "C", state text, native_state text, state_rule text,
    cause_kind text, parameters jsonb, queued_at timestamptz, started_at timestamptz, ended_at timestamptz, url text)`);
  return {
    async merge(sourceId, runs) {
      await client.query("begin");
      await client.query("truncate page");
      await copyIn(client, `copy page (${COLUMNS}) from stdin`, Buffer.from(runs.map(line).join("")));
      await client.query({ name: "merge", text: MERGE, values: [sourceId] });
      await client.query("commit");
    },
    close: () => client.end(),
  };
}

function line(run: ForeignRun): string {
  const { jobId, runId, state, native, cause, parameters, queuedAt, startedAt, endedAt, url } = run;
  const moments = [queuedAt, startedAt, endedAt].map((moment) => moment?.toISOString() ?? "\\N");
  const cells = [
    jobId,
    runId,
    state,
    native.word,
    native.rule,
    cause.kind,
    JSON.stringify(parameters),
    ...moments,
    url,
  ];
  return `${cells.join("\t")}\n`;
}
