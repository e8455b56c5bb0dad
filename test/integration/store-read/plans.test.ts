import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "../../../src/store/db.ts";
import type { Reader } from "../../../src/store/read/reader.ts";
import { fillFleet, PATIENT } from "../../bench/fleet/fill.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { explain, statementOf } from "./explained.ts";
import { CASES, hoursBefore, NEWEST } from "./filters.ts";

const WHOLE = { withJob: true, withSource: true };
const FIRST = 50;
/** What a search may look through and look up; all else reads a few pages' worth. */
const ROWS_READ_AT_MOST = 40_000;

let database: FreshDatabase;
let client: Client | undefined;

beforeAll(async () => {
  database = await freshDatabase({ deadlines: PATIENT });
  await fillFleet(database.db, { runs: 300_000, jobs: 20_000, sources: 20, newest: NEWEST });
  await fillGatesAndLinks(database.db);
  client = new Client({ connectionString: database.url });
  await client.connect();
}, 300_000);

afterAll(async () => {
  await client?.end();
  await database.close();
});

/** 60,000 gates of which a hundred wait, and 80,000 edges. */
async function fillGatesAndLinks(db: Db): Promise<void> {
  await sql`
    insert into foreign_gate (source_id, job, run, external_id, title, asked, opened_at, observed_at, ended_at)
    select r.source_id, j.external_id, r.external_id, 'gate', 'Go on?', '{ops}', r.occurred_at, now(),
      case when r.id % 3000 <> 0 then now() end
    from run r join job j on j.source_id = r.source_id and j.id = r.job_id where r.id % 5 = 0`.execute(db);
  await sql`
    insert into job_link (source_id, kind, job, target)
    select j.source_id, k.kind, j.external_id, k.target from job j, lateral (values
      ('follows', 'job_' || (j.id + 1)), ('reads', 's3://bucket/' || j.id % 9973), ('writes', 's3://bucket/' || j.id % 7919),
      ('writes', 's3://own/' || j.id)) as k(kind, target)`.execute(db);
  await sql`analyze foreign_gate`.execute(db);
  await sql`analyze job_link`.execute(db);
}

const KEYS = Array.from({ length: 500 }, (_, n) => ({ sourceId: 1 + (n % 20), id: n * 13 }));

const QUERIES: Record<string, (reader: Reader) => Promise<unknown>> = {
  "a run by id": (reader) => reader.runById({ sourceId: 3, id: 4711 }, WHOLE),
  "runs by ids": (reader) => reader.runsByIds(KEYS),
  "last runs": (reader) => reader.lastRunsOf(KEYS),
  attempts: (reader) => reader.attemptsOf(KEYS),
  "jobs by ids": (reader) => reader.jobsByIds(KEYS),
  "a job by reference": (reader) => reader.jobByReference({ source: "airflow-3", jobId: "x" }, { withSource: true }),
  jobs: (reader) => reader.listJobs({ first: FIRST, withSource: true }),
  "jobs by name, backwards": (reader) => reader.listJobs({ first: FIRST, order: "name-desc", withSource: true }),
  "next jobs": (reader) => reader.listJobs({ first: FIRST, order: "next-asc", withSource: true }),
  "jobs with a common word": (reader) =>
    reader.listJobs({ filter: { text: "ledger" }, first: FIRST, withSource: true }),
  "jobs with a rare word": (reader) => reader.listJobs({ filter: { text: "_19999" }, first: FIRST, withSource: true }),
  gates: (reader) => reader.listGates({ first: FIRST }),
  "gates of a source": (reader) => reader.listGates({ filter: { source: ["airflow-3"] }, first: FIRST }),
  "gates, deep": (reader) => reader.listGates({ first: FIRST, after: { at: hoursBefore(360), id: 1 } }),
  "ended gates": (reader) => reader.listGates({ filter: { waiting: false }, first: FIRST }),
  "gates of jobs": (reader) => reader.listGates({ filter: { job: ["airflow-3/x", "airflow-4/y"] }, first: FIRST }),
  "gates by ids": (reader) => reader.gatesByIds(KEYS),
  "gates of runs": (reader) => reader.gatesOf(KEYS),
  "waiting gates": (reader) => reader.countWaitingGates(),
  "upstream jobs": (reader) => reader.dependenciesOf(KEYS, "upstream", 100),
  "downstream jobs": (reader) => reader.dependenciesOf(KEYS, "downstream", 100),
  fleet: (reader) => reader.fleet({ lastMs: 86_400_000 }),
};

for (const [name, { filter }] of Object.entries(CASES)) {
  for (const order of ["started-desc", "started-asc"] as const) {
    QUERIES[`runs: ${name}, ${order}`] = (reader) => reader.listRuns({ filter, order, first: FIRST, ...WHOLE });
    QUERIES[`runs: ${name}, ${order}, deep`] = (reader) =>
      reader.listRuns({ filter, order, first: FIRST, after: { at: hoursBefore(360), id: 150_000 }, ...WHOLE });
  }
}

describe("a big table is never read whole", () => {
  for (const mode of ["custom", "generic"] as const) {
    it.each(Object.keys(QUERIES))(`by ${mode} plan: %s`, async (name) => {
      const question = await statementOf(QUERIES[name] ?? (() => Promise.reject(new Error(name))));
      const { readWhole, rowsRead } = await explain(client as Client, question, mode);
      expect(readWhole).toEqual([]);
      expect(rowsRead).toBeLessThan(ROWS_READ_AT_MOST);
    });
  }
});
