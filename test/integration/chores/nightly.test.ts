import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createChores } from "../../../src/chores/chore-service.ts";
import { type ChoreDeps, doChores } from "../../../src/chores/nightly.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { claimChore, settleChore } from "../../../src/store/chore-claims.ts";
import { PRUNED_NAMES } from "../../../src/store/prune.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";

let database: FreshDatabase;
let metrics = createMetrics();

beforeEach(async () => {
  database = await freshDatabase();
  metrics = createMetrics();
});
afterEach(() => database.close());

const never = new AbortController().signal;
const deps = (owner = "us"): ChoreDeps => ({
  store: database.store,
  clock: systemClock,
  log: silentLog,
  metrics,
  owner,
});

/** Of each kind one row that nobody reads any more, and one that somebody may. */
async function fill(old = 1): Promise<void> {
  await sql`insert into source (name, adapter, url, config, hand_off) values ('a', 'fake', '', '{}', 'keyed')`.execute(
    database.db,
  );
  await sql`insert into run_tally (source_id, span, bucket, state, runs)
    select 1, 1, date_trunc('minute', now()) - n * interval '1 minute', 'failed', 1
    from (select 5 union all select 20 * 1440 + n from generate_series(1, ${old}::int) n) m(n)`.execute(database.db);
  await sql`insert into run_tally values (1, 60, date_trunc('hour', now()) - interval '400 days', 'failed', 1)`.execute(
    database.db,
  );
  await sql`insert into credential (kind, hash, principal, role, label, expires_at)
    select kind, sha256(kind::bytea), 'ada', 'admin', '', now() + at from (values
      ('token', null), ('session', interval '-31 days'), ('sign-in', interval '-29 days')) as v(kind, at)`.execute(
    database.db,
  );
  await sql`insert into quarantine (source_id, kind, external_id, reason, sample, first_seen_at, last_seen_at)
    select 1, 'run', n::text, '', '', now() - n * interval '1 day', now() - n * interval '1 day' from unnest('{1,31}'::int[]) n`.execute(
    database.db,
  );
  await sql`insert into foreign_gate (source_id, job, run, external_id, title, opened_at, observed_at, ended_at)
    select 1, 'j', 'r', n::text, '', now() - interval '1 year', now(), now() - n * interval '1 day'
    from unnest('{null,1,91}'::int[]) n where n is not null
    union all select 1, 'j', 'r', 'waits', '', now() - interval '1 year', now(), null`.execute(database.db);
  await sql`insert into run_name (source_id, job, former, name, told_at)
    select 1, 'j', 'q' || n, 'b' || n, now() - n * interval '1 day' from unnest('{1,32}'::int[]) n`.execute(
    database.db,
  );
}

async function left(): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from run_tally) as tallies, (select count(*) from credential) as credentials,
      (select count(*) from quarantine) as quarantine, (select count(*) from foreign_gate) as gates,
      (select count(*) from run_name) as names`.execute(database.db);
  return rows[0] ?? {};
}

describe("the chores of a night", () => {
  it("clear away what nobody reads, and nothing else", async () => {
    await fill();
    const reports = await doChores(deps(), never);
    expect(reports).toEqual(PRUNED_NAMES.map((name) => ({ name, rows: 1, done: true })));
    expect(await left()).toEqual({ tallies: 2, credentials: 2, quarantine: 1, gates: 2, names: 1 });
    expect(await metrics.registry.metrics()).toContain('tutti_chore_rows_total{chore="quarantine"} 1');
  });

  it("are done by one replica", async () => {
    await fill();
    const all = await Promise.all(["a", "b", "c"].map((owner) => doChores(deps(owner), never)));
    const names = all.flat().map(({ name }) => name);
    expect(names.toSorted()).toEqual([...PRUNED_NAMES].toSorted());
  });

  it("go on until nothing is left", async () => {
    await fill(12_000);
    const reports = await doChores(deps(), never);
    expect(reports[0]).toEqual({ name: "minute-tallies", rows: 12_000, done: true });
  });

  it("leave the rest to the next asking when told to stop", async () => {
    await fill();
    const stop = new AbortController();
    stop.abort();
    expect(await doChores(deps(), stop.signal)).toEqual([]);
    expect(await doChores(deps(), never)).toHaveLength(PRUNED_NAMES.length);
  });

  it("fail one by one", async () => {
    await fill();
    await sql`alter table quarantine rename to quarantine_out_of_reach`.execute(database.db);
    const names = (await doChores(deps(), never)).map(({ name }) => name);
    expect(names).toEqual(PRUNED_NAMES.filter((name) => name !== "quarantine"));
    expect(await metrics.registry.metrics()).toContain('tutti_chore_failures_total{chore="quarantine"} 1');
    await sql`alter table quarantine_out_of_reach rename to quarantine`.execute(database.db);
    expect(await doChores(deps("another"), never)).toEqual([{ name: "quarantine", rows: 1, done: true }]);
  });
});

describe("the claim of a chore", () => {
  const age = (hours: number) =>
    sql`update chore set begun_at = now() - interval '2 days', done_at = now() - make_interval(hours => ${hours})`.execute(
      database.db,
    );

  it("is not given twice in a night", async () => {
    expect(await claimChore(database.db, "c", "a")).toBe(true);
    expect(await claimChore(database.db, "c", "b")).toBe(false);
    await settleChore(database.db, { name: "c", owner: "a", rows: 0, done: true });
    expect(await claimChore(database.db, "c", "b")).toBe(false);
    await age(19);
    expect(await claimChore(database.db, "c", "b")).toBe(false);
    await age(29);
    expect(await claimChore(database.db, "c", "b")).toBe(true);
  });

  it("is free again when its holder died", async () => {
    await claimChore(database.db, "c", "dead");
    await sql`update chore set claimed_until = now() - interval '1 second'`.execute(database.db);
    expect(await claimChore(database.db, "c", "b")).toBe(true);
    // It wakes up, and settles nothing that is not its own any more.
    await settleChore(database.db, { name: "c", owner: "dead", rows: 9, done: true });
    expect(await claimChore(database.db, "c", "c")).toBe(false);
    await settleChore(database.db, { name: "c", owner: "b", rows: 1, done: false });
    expect(await claimChore(database.db, "c", "c")).toBe(true);
  });
});

describe("the chore service", () => {
  it("stops twice, and before it has started", async () => {
    const service = createChores(deps());
    await service.stop();
    await service.start();
    await service.start();
    await Promise.all([service.stop(), service.stop()]);
  });
});
