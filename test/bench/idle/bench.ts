/** `idle`: a hundred thousand jobs on twenty sources, a thousand changes a minute, and nobody looking. */
import { sql } from "kysely";
import type { Json } from "../../../src/model/json.ts";
import type { Db } from "../../../src/store/db.ts";
import { declareSource } from "../../../src/store/sources.ts";
import type { Line } from "../line.ts";
import { startBenchDatabase } from "../postgres.ts";
import { type Program, startProgram } from "../program.ts";
import type { BenchOptions } from "../run.ts";
import type { Usage } from "./syncing.ts";

const SOURCES = 20;
const JOBS_A_SOURCE = 5_000;
const CHANGES_A_MINUTE = 1_000;
const SETTLE_SECONDS = 60;
const MEASURED_SECONDS = 120;
/** A change is a run's row, with its counts by minute and hour; each pass also writes its source's one row. */
const VERSIONS_A_CHANGE = 4;
const VERSIONS_A_PASS = 3;

interface RemoteOfBench {
  readonly url: string;
  readonly config: Json;
  readonly secrets: Readonly<Record<string, string>>;
}

export async function* benchIdle(_options: BenchOptions): AsyncIterable<Line> {
  const database = await startBenchDatabase();
  const { db } = database.store;
  const remotes = await startProgram<RemoteOfBench[]>("test/bench/idle/remotes.ts", {
    args: [SOURCES, JOBS_A_SOURCE, CHANGES_A_MINUTE].map(String),
  });
  let syncing: Program<Usage> | null = null;
  try {
    for (const [at, { url, config }] of remotes.ready.entries()) {
      await declareSource(db, { name: `airflow-${at + 1}`, adapter: "airflow", url, config, handOff: "keyed" });
    }
    const secrets = Object.assign({}, ...remotes.ready.map((remote) => remote.secrets)) as Record<string, string>;
    const env = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name.replace(/^env:/, ""), value]));
    syncing = await startProgram<Usage>("test/bench/idle/syncing.ts", { args: [database.url, JSON.stringify(env)] });

    await untilAllJobsAreKnown(db, syncing);
    await lastOf(syncing, SETTLE_SECONDS);
    const before = await written(db);
    const first = await lastOf(syncing, 1);
    const { last, rssMb } = await lastOf(syncing, MEASURED_SECONDS);
    const after = await written(db);

    const share = (last.cpuMs - first.last.cpuMs) / (MEASURED_SECONDS * 10);
    yield line("cpu", "% of a core", share, "under 10 %", share < 10);
    yield line("memory", "MB", rssMb, "under 300 MB", rssMb < 300);
    const changes = (CHANGES_A_MINUTE * MEASURED_SECONDS) / 60;
    const versions = after.versions - before.versions;
    const most = changes * VERSIONS_A_CHANGE + (after.passes - before.passes) * VERSIONS_A_PASS;
    yield {
      ...line("writes", "row versions a change", versions / changes, "in proportion to the changes", versions <= most),
      notes: {
        wal_bytes_a_change: (after.wal - before.wal) / changes,
        jobs: after.jobs,
        runs_written: after.runs - before.runs,
      },
    };
  } finally {
    await syncing?.stop();
    await remotes.stop();
    await database.close();
  }
}

function line(name: string, unit: string, ours: number, target: string, reached: boolean): Line {
  return { name: `idle: ${name}`, unit, ours, target, reached };
}

/** It tells its usage once a second. */
async function lastOf(syncing: Program<Usage>, seconds: number): Promise<{ last: Usage; rssMb: number }> {
  let last: Usage = { cpuMs: 0, rssMb: 0 };
  let rssMb = 0;
  for (let second = 0; second < seconds; second += 1) {
    last = (await syncing.next()) as Usage;
    rssMb = Math.max(rssMb, last.rssMb);
  }
  return { last, rssMb };
}

async function untilAllJobsAreKnown(db: Db, syncing: Program<Usage>): Promise<void> {
  for (let second = 0; second < 600; second += 1) {
    const { rows } = await sql<{ jobs: number }>`select count(*) as jobs from job where not sketched`.execute(db);
    if ((rows[0]?.jobs ?? 0) >= SOURCES * JOBS_A_SOURCE) return;
    await syncing.next();
  }
  throw new Error("the jobs were not all listed in ten minutes");
}

interface Written {
  readonly versions: number;
  readonly wal: number;
  readonly passes: number;
  readonly jobs: number;
  readonly runs: number;
}

async function written(db: Db): Promise<Written> {
  const { rows } = await sql<Written>`
    select (select sum(n_tup_ins + n_tup_upd)::bigint from pg_stat_user_tables) as versions,
      (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint as wal,
      (select n_tup_upd from pg_stat_user_tables where relname = 'source_sync') as passes,
      (select count(*) from job) as jobs,
      (select n_tup_ins + n_tup_upd from pg_stat_user_tables where relname = 'run') as runs`.execute(db);
  const [row] = rows;
  if (!row) throw new Error("PostgreSQL told nothing of its tables");
  return row;
}
