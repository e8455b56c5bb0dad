import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DependencyView } from "../../../src/model/view.ts";
import type { Direction } from "../../../src/store/read/dependencies.ts";
import { createReader, type Reader } from "../../../src/store/read/reader.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

let database: FreshDatabase;
let reader: Reader;

/** Jobs 1 to 4 of airflow, 5 and 6 of jenkins; `hidden` is a job nobody lists. */
beforeAll(async () => {
  database = await freshDatabase();
  await sql`insert into source (name, adapter, url, config, hand_off, removed_at) values
    ('airflow', 'fake', '', '{}', 'keyed', null), ('jenkins', 'fake', '', '{}', 'keyed', null),
    ('old', 'fake', '', '{}', 'keyed', now())`.execute(database.db);
  await sql`insert into job (source_id, external_id, name, hand_off, observed_at)
    select s, j, j, 'keyed', now() from (values (1, 'extract'), (1, 'load'), (1, 'report'), (1, 'both'), (2, 'deploy'), (2, 'load'))
    as v(s, j)`.execute(database.db);
  await sql`insert into job_link (source_id, kind, job, target) values
    (1, 'follows', 'load', 'extract'), (1, 'follows', 'report', 'load'), (1, 'follows', 'load', 'hidden'),
    (1, 'writes', 'load', 's3://ledger'), (1, 'reads', 'both', 's3://ledger'), (1, 'writes', 'both', 's3://ledger'),
    (2, 'reads', 'deploy', 's3://ledger'), (2, 'reads', 'load', 's3://nobody-writes'), (2, 'follows', 'deploy', 'load'),
    (3, 'reads', 'dead', 's3://ledger'), (3, 'follows', 'dead', 'deader')`.execute(database.db);
  reader = createReader(database.db);
});
afterAll(() => database.close());

function print({ kind, data, from, to }: DependencyView): string {
  return `${from.source}/${from.job} -${data ?? kind}-> ${to.source}/${to.job}`;
}

const EDGES = [
  "airflow/both -s3://ledger-> jenkins/deploy",
  "airflow/extract -job-> airflow/load",
  "airflow/hidden -job-> airflow/load",
  "airflow/load -s3://ledger-> airflow/both",
  "airflow/load -job-> airflow/report",
  "airflow/load -s3://ledger-> jenkins/deploy",
  "jenkins/load -job-> jenkins/deploy",
];

async function jobId(source: string, job: string): Promise<{ sourceId: number; id: number }> {
  const found = await reader.jobByReference({ source, jobId: job });
  if (!found) throw new Error(`${source}/${job} is not there`);
  return found;
}

async function around(source: string, job: string, direction: Direction, limit = 10): Promise<string[]> {
  return (await reader.dependenciesOf([await jobId(source, job)], direction, limit)).map(print);
}

describe("dependencies", () => {
  it("cross tools where data has one name", async () => {
    expect((await reader.allDependencies(100)).map(print)).toEqual(EDGES);
  });

  it("stop at the limit", async () => {
    expect(await reader.allDependencies(3)).toHaveLength(3);
    expect(await around("airflow", "load", "upstream", 1)).toHaveLength(1);
  });

  it("know both ends, or the name of one", async () => {
    const all = await reader.allDependencies(100);
    const hidden = all.find(({ from }) => from.job === "hidden");
    expect(hidden).toMatchObject({ from: { jobId: null }, to: { jobId: expect.any(Number) } });
    for (const { from, to } of all) {
      if (from.jobId !== null) expect(from.jobId).toBe((await jobId(from.source, from.job)).id);
      expect(to.jobId).toBe((await jobId(to.source, to.job)).id);
    }
  });

  it.each([
    ["airflow", "load"],
    ["airflow", "both"],
    ["jenkins", "deploy"],
    ["jenkins", "load"],
    ["airflow", "extract"],
  ])("of %s/%s are those of the whole graph", async (source, job) => {
    expect(await around(source, job, "upstream")).toEqual(EDGES.filter((edge) => edge.endsWith(`> ${source}/${job}`)));
    expect(await around(source, job, "downstream")).toEqual(
      EDGES.filter((edge) => edge.startsWith(`${source}/${job} `)),
    );
  });

  it("of many jobs come in one statement, each with its job", async () => {
    const keys = [await jobId("airflow", "load"), await jobId("jenkins", "deploy"), await jobId("airflow", "extract")];
    const found = await reader.dependenciesOf(keys, "upstream", 10);
    const counts = keys.map(({ sourceId, id }) => found.filter((one) => one.sourceId === sourceId && one.jobId === id));
    expect(counts.map((edges) => edges.length)).toEqual([2, 3, 0]);
  });
});
