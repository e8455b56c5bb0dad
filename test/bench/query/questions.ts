/** Five questions (search asked with a common and with a rare word), as each contender is asked them. All answer the same fields. */
import { sql } from "kysely";
import { printCursor } from "../../../src/api/graphql/cursor.ts";
import { rowNodeId } from "../../../src/api/graphql/node-id.ts";
import type { Db } from "../../../src/store/db.ts";

export interface QueryQuestion {
  readonly name: string;
  readonly ours: string;
  readonly peer: string;
  /** Selects the whole body as `answer`. */
  readonly floor: string;
  /** Of the peer's requests a second. */
  readonly times: number;
}

/** A page a thousand pages deep. */
const DEPTH = 50_000;
const COMMON = "ledger";
const RARE = "quicksilver";

/**
 * Search and counts in our peer's way: functions in the database, which it serves as fields. It has no counts that are
 * kept, so it counts what the index by time finds.
 */
export async function teachPeer(db: Db): Promise<void> {
  await sql`create function bench_search(sought text) returns setof run language sql stable as $$
    select run.* from run join job on job.source_id = run.source_id and job.id = run.job_id
    where job.search like '%' || sought || '%' or lower(run.error_message) like '%' || sought || '%'
      or run.external_id like sought || '%'
    order by run.occurred_at desc, run.id desc $$`.execute(db);
  await sql`create function bench_counts() returns table (source text, state text, runs bigint) language sql stable as $$
    select source.name, c.state, c.runs from (
      select source_id, state, count(*) as runs from run where occurred_at >= now() - interval '24 hours' group by 1, 2) c
    join source on source.id = c.source_id $$`.execute(db);
}

const OURS = "externalId state startedAt endedAt error { kind message } job { name source { name } }";
const PEER = `externalId state startedAt endedAt errorKind errorMessage
  jobBySourceIdAndJobId { name sourceBySourceId { name } }`;

function time(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

const NODE = `json_build_object('externalId', r.external_id, 'state', upper(r.state), 'startedAt', ${time("r.started_at")},
  'endedAt', ${time("r.ended_at")},
  'error', case when r.error_kind is not null then json_build_object('kind', r.error_kind, 'message', r.error_message) end,
  'job', json_build_object('name', j.name, 'source', json_build_object('name', s.name)))`;

/** `page` selects whole runs. */
function floorOfPage(page: string): string {
  return `select json_build_object('data', json_build_object('runs', json_build_object('edges',
      coalesce(json_agg(json_build_object('node', ${NODE}) order by r.occurred_at desc, r.id desc), '[]'))))::text as answer
    from (${page}) r join job j on j.source_id = r.source_id and j.id = r.job_id join source s on s.id = r.source_id`;
}

export async function questionsOver(db: Db, peerCursor: (query: string) => Promise<string>): Promise<QueryQuestion[]> {
  const { rows } = await sql<{ source_id: number; id: number; at: string }>`
    select source_id, id, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from run order by occurred_at desc, id desc limit 1 offset ${DEPTH - 1}`.execute(db);
  const deep = rows[0];
  if (!deep) throw new Error(`fewer than ${DEPTH} runs`);
  const latest = "order by occurred_at desc, id desc limit 50";
  const newestFirst = "orderBy: [OCCURRED_AT_DESC, ROW_ID_DESC]";
  const cursor = await peerCursor(`{ allRuns(first: 1, offset: ${DEPTH - 1}, ${newestFirst}) { edges { cursor } } }`);
  const ourCursor = printCursor("runs/started-desc", { at: deep.at, id: deep.id });

  return [
    {
      name: "latest 50 failed",
      ours: `{ runs(filter: { state: [FAILED] }, first: 50) { edges { node { ${OURS} } } } }`,
      peer: `{ allRuns(condition: { state: "failed" }, first: 50, ${newestFirst}) { nodes { ${PEER} } } }`,
      floor: floorOfPage(`select * from run where state = 'failed' ${latest}`),
      times: 2,
    },
    {
      name: "run by id",
      ours: `{ run(id: "${rowNodeId("Run", { sourceId: deep.source_id, id: deep.id })}") { ${OURS} } }`,
      peer: `{ runBySourceIdAndRowId(sourceId: ${deep.source_id}, rowId: "${deep.id}") { ${PEER} } }`,
      floor: `select json_build_object('data', json_build_object('run', ${NODE}))::text as answer
        from run r join job j on j.source_id = r.source_id and j.id = r.job_id join source s on s.id = r.source_id
        where r.source_id = ${deep.source_id} and r.id = ${deep.id}`,
      times: 2,
    },
    {
      name: "counts over 24 h",
      ours: `{ fleet(last: "24h") { bySource { source { name } states { state runs } } } }`,
      peer: `{ benchCounts { nodes { source state runs } } }`,
      floor: `select json_build_object('data', json_build_object('fleet', json_agg(c)))::text as answer from (
          select s.name as source, t.state, sum(t.runs) as runs from run_tally t join source s on s.id = t.source_id
          where (t.span = 0 and t.bucket = '-infinity') or (t.span = 60 and t.bucket >= date_trunc('hour', now() - interval '23 hours'))
            or (t.span = 1 and t.bucket >= now() - interval '24 hours' and t.bucket < date_trunc('hour', now() - interval '23 hours'))
          group by 1, 2) c`,
      times: 10,
    },
    {
      name: "a page 1,000 deep",
      ours: `{ runs(first: 50, after: "${ourCursor}") { edges { node { ${OURS} } } } }`,
      peer: `{ allRuns(first: 50, after: "${cursor}", ${newestFirst}) { nodes { ${PEER} } } }`,
      floor: floorOfPage(`select * from run where (occurred_at, id) < ('${deep.at}', ${deep.id}) ${latest}`),
      times: 2,
    },
    {
      name: "text search, a common word",
      ours: `{ runs(filter: { text: "${COMMON}" }, first: 50) { edges { node { ${OURS} } } } }`,
      peer: `{ benchSearch(sought: "${COMMON}", first: 50) { nodes { ${PEER} } } }`,
      // Written for this word: it knows that the newest runs hold it.
      floor:
        floorOfPage(`select r.* from run r where (select search from job j where j.source_id = r.source_id and j.id = r.job_id)
        like '%${COMMON}%' or lower(error_message) like '%${COMMON}%' or external_id like '${COMMON}%' ${latest}`),
      times: 2,
    },
    {
      name: "text search, a rare word",
      ours: `{ runs(filter: { text: "${RARE}" }, first: 50) { edges { node { ${OURS} } } } }`,
      peer: `{ benchSearch(sought: "${RARE}", first: 50) { nodes { ${PEER} } } }`,
      // Written for this word: it knows that errors alone hold it.
      floor: floorOfPage(
        `select * from (select * from run where error_message is not null and lower(error_message) like '%${RARE}%' offset 0) r ${latest}`,
      ),
      times: 2,
    },
  ];
}
