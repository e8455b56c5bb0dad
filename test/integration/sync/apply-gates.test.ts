import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ForeignGate } from "../../../src/model/foreign.ts";
import { listenForChanges } from "../../../src/store/changes.ts";
import { applyGates } from "../../../src/store/sync/apply-gates.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import { Fenced, type Lease } from "../../../src/store/sync/lease.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { aGate, aLease, aRun, after, NOON } from "./given.ts";

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

const apply = (
  items: readonly ForeignGate[],
  readAt = NOON,
  rejected: { kind: "gate"; id: null; reason: string; sample: null }[] = [],
) => applyGates(database.db, lease, { items, readAt, rejected });
const gates = () =>
  database.db.selectFrom("foreign_gate").selectAll().where("source_id", "=", lease.sourceId).orderBy("id").execute();

describe("the gates of a source", () => {
  it("are kept as the tool tells them", async () => {
    expect(await apply([aGate({ text: "build 7", since: after(-5) })])).toEqual({
      written: 1,
      ended: 0,
      quarantined: 0,
    });
    expect(await gates()).toMatchObject([
      {
        job: "load",
        run: "one",
        external_id: "deploy",
        title: "Deploy to production?",
        body: "build 7",
        choices: ["Proceed", "Abort"],
        asked: ["ops"],
        opened_at: after(-5),
        ended_at: null,
      },
    ]);
  });

  it("end when they are no longer told", async () => {
    await apply([aGate(), aGate({ gateId: "other" })]);
    expect(await apply([aGate()], after(1))).toMatchObject({ written: 0, ended: 1 });
    expect(await gates()).toMatchObject([{ ended_at: null }, { external_id: "other", ended_at: after(1) }]);
    expect(await apply([], after(2))).toMatchObject({ ended: 1 });
  });

  it("are waited for again under the same name", async () => {
    await apply([aGate()]);
    await apply([], after(1));
    await apply([aGate()], after(2));
    expect(await gates()).toMatchObject([{ ended_at: null, opened_at: after(2) }]);
  });

  it("stay where they were first seen", async () => {
    await apply([aGate()]);
    expect(await apply([aGate({ asked: ["ops", "ada"] })], after(3))).toMatchObject({ written: 1 });
    expect(await gates()).toMatchObject([{ opened_at: NOON, asked: ["ops", "ada"] }]);
  });

  it("are not rewritten when nothing is new", async () => {
    await apply([aGate(), aGate({ gateId: "other" })]);
    const versions = () =>
      sql`select ctid::text, xmin::text, xmax::text from foreign_gate
        union all select ctid::text, xmin::text, xmax::text from source_sync order by 1, 2`.execute(database.db);
    const before = await versions();
    await apply([aGate({ gateId: "other" }), aGate(), aGate()], after(1));
    expect((await versions()).rows).toEqual(before.rows);
  });

  it("do not end on a list with a row nobody could read", async () => {
    await apply([aGate()]);
    expect(await apply([], after(1), [{ kind: "gate", id: null, reason: "no title", sample: null }])).toEqual({
      written: 0,
      ended: 0,
      quarantined: 1,
    });
    expect(await gates()).toMatchObject([{ ended_at: null }]);
  });

  it("are set aside when they cannot be stored", async () => {
    const long = "x".repeat(900);
    expect(
      await apply([aGate({ gateId: "a\0b" }), aGate({ jobId: long, runId: long, gateId: long }), aGate()]),
    ).toMatchObject({
      written: 1,
      quarantined: 2,
    });
  });

  it("tell those who follow their run", async () => {
    await applyRuns(database.db, lease, { items: [aRun()], readAt: NOON });
    const { id } = await database.db
      .selectFrom("run")
      .select("id")
      .where("source_id", "=", lease.sourceId)
      .executeTakeFirstOrThrow();
    const heard: unknown[] = [];
    const listener = listenForChanges({
      url: database.url,
      log: silentLog,
      onChange: (change) => void heard.push(change),
      onGap: () => undefined,
    });
    await listener.start();
    await apply([aGate()]);
    await apply([], after(1));
    await eventually(() => heard.length === 2);
    expect(heard).toEqual([
      { sourceId: lease.sourceId, runs: [id] },
      { sourceId: lease.sourceId, runs: [id] },
    ]);
    await listener.stop();
  });

  it("are not written by a holder that was replaced", async () => {
    await expect(
      applyGates(database.db, { ...lease, epoch: lease.epoch - 1 }, { items: [aGate()], readAt: NOON, rejected: [] }),
    ).rejects.toBeInstanceOf(Fenced);
    expect(await gates()).toEqual([]);
  });
});
