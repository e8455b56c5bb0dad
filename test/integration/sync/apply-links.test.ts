import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ForeignLink } from "../../../src/model/foreign.ts";
import { applyLinks } from "../../../src/store/sync/apply-links.ts";
import { Fenced, type Lease } from "../../../src/store/sync/lease.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { aLease } from "./given.ts";

let database: FreshDatabase;
let lease: Lease;
let sources = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  lease = await aLease(database.db, `source-${++sources}`);
});

const apply = (items: readonly ForeignLink[]) => applyLinks(database.db, lease, { items, rejected: [] });
const links = async () =>
  (await database.db.selectFrom("job_link").selectAll().where("source_id", "=", lease.sourceId).execute())
    .map(({ job, kind, target }) => `${job} ${kind} ${target}`)
    .toSorted();

const follows = (upstream: string, downstream: string): ForeignLink => ({ kind: "job", upstream, downstream });
const data = (jobId: string, access: "reads" | "writes", name: string): ForeignLink => ({
  kind: "data",
  jobId,
  access,
  data: name,
});

describe("the links of a source", () => {
  it("are the last list, and nothing else", async () => {
    expect(await apply([follows("load", "report"), data("load", "writes", "s3://ledger")])).toEqual({
      added: 2,
      removed: 0,
      quarantined: 0,
    });
    expect(await links()).toEqual(["load writes s3://ledger", "report follows load"]);
    expect(await apply([follows("load", "report"), data("report", "reads", "s3://ledger")])).toMatchObject({
      added: 1,
      removed: 1,
    });
    expect(await links()).toEqual(["report follows load", "report reads s3://ledger"]);
    expect(await apply([])).toMatchObject({ removed: 2 });
    expect(await links()).toEqual([]);
  });

  it("are not rewritten when nothing is new", async () => {
    const list = [follows("a", "b"), data("a", "reads", "x"), data("a", "writes", "x")];
    await apply(list);
    const versions = () =>
      sql`select ctid::text, xmin::text, xmax::text from job_link
        union all select ctid::text, xmin::text, xmax::text from source_sync order by 1, 2`.execute(database.db);
    const before = await versions();
    await apply([...list, ...list.toReversed()]);
    expect((await versions()).rows).toEqual(before.rows);
  });

  it("stay when one of the list cannot be read", async () => {
    await apply([follows("a", "b")]);
    expect(await apply([data("a", "reads", "")])).toEqual({ added: 0, removed: 0, quarantined: 1 });
    expect(await links()).toEqual(["b follows a"]);
  });

  it("leave out a job that triggers itself", async () => {
    await apply([follows("a", "a")]);
    expect(await links()).toEqual([]);
  });

  it("are another source's own", async () => {
    await apply([follows("a", "b")]);
    const first = lease;
    lease = await aLease(database.db, `source-${++sources}`);
    await apply([]);
    lease = first;
    expect(await links()).toEqual(["b follows a"]);
  });

  it("are not written by a holder that was replaced", async () => {
    lease = { ...lease, epoch: lease.epoch - 1 };
    await expect(apply([follows("a", "b")])).rejects.toBeInstanceOf(Fenced);
    expect(await links()).toEqual([]);
  });
});
