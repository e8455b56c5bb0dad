import { afterEach, describe, expect, it } from "vitest";
import type { Adapter, Remote } from "../../../src/adapter/contract.ts";
import { RemoteError } from "../../../src/adapter/remote-error.ts";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import { applyRuns } from "../../../src/store/sync/apply-runs.ts";
import { callsOf } from "../../../src/store/read/actions.ts";
import { runById } from "../../../src/store/read/runs.ts";
import { eventually } from "../../support/eventually.ts";
import { toy } from "../../contract/toy/index.ts";
import { aRun } from "../sync/given.ts";
import { ADA, type EngineStage, engineStage, type StageOptions } from "./stage.ts";

const JOB = { source: "one", jobId: "job_000" };
const BARE = { withJob: false, withSource: false };
const ASKED = { key: "one-key", parameters: { date: "2026-11-21" } };
const QUICK = { firstLookMs: 5, firstRetryMs: 5, longestMs: 20 };

let stage: EngineStage;
afterEach(() => stage.close());

/** The Toy, with some of its answers gone wrong. */
function toyBut(change: (remote: Remote) => Partial<Remote>, adapter: Partial<Adapter> = {}): Adapter {
  return {
    ...toy,
    ...adapter,
    connect(config, host) {
      const remote = (toy as Adapter).connect(config, host);
      return { ...remote, ...change(remote) };
    },
  };
}

async function given(options: StageOptions = {}, actor: Parameters<EngineStage["actor"]>[0] = {}) {
  stage = await engineStage(options);
  const engine = stage.actor({ times: QUICK, ...actor });
  await engine.handOff.start();
  return engine;
}

const calls = async () =>
  (await callsOf(stage.database.db, [await stage.intent("one-key")])).map(({ call, outcome }) => `${call} ${outcome}`);

describe("a start", () => {
  it("answers with its run, in the mirror", async () => {
    const { acting } = await given();
    const run = await acting.start(JOB, ASKED, ADA);
    const view = await runById(stage.database.db, run, BARE);
    expect(stage.sandbox.world.startedWithKey("one-key")).toEqual([view?.externalId]);
    expect(view).toMatchObject({ state: "queued", causeKind: "us", causeKey: "one-key", parameters: ASKED.parameters });
    expect(await calls()).toEqual(["start sent", "start accepted"]);
  });

  it("asked again with its key answers with the run already started", async () => {
    const { acting } = await given();
    const runs = await Promise.all([1, 2, 3, 4, 5].map(() => acting.start(JOB, ASKED, ADA)));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(await acting.start(JOB, ASKED, ADA)).toEqual(runs[0]);
    expect(stage.sandbox.world.startedWithKey("one-key")).toHaveLength(1);
  });

  it("with the same key and other parameters is a conflict", async () => {
    const { acting } = await given();
    await acting.start(JOB, ASKED, ADA);
    const { id } = await stage.intent("one-key");
    const other = { ...ASKED, parameters: { date: "2026-11-22" } };
    await expect(acting.start(JOB, other, ADA)).rejects.toMatchObject({ code: "CONFLICT", action: { id } });
    await expect(acting.start({ ...JOB, jobId: "job_001" }, ASKED, ADA)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("leaves what the sync has read since as it is", async () => {
    let readByTheSync: ForeignRun | null = null;
    const { acting } = await given({
      adapter: toyBut((remote) => ({
        async start(request, signal) {
          const started = await remote.start?.(request, signal);
          if (!started) throw new Error("no start");
          // The run is read, and has ended, before its own answer is written down.
          readByTheSync = { ...started.run, state: "succeeded", endedAt: new Date(), startedAt: new Date() };
          const readAt = new Date(Date.now() + 2_000);
          await applyRuns(stage.database.db, stage.lease, { items: [readByTheSync], readAt });
          return started;
        },
      })),
    });
    const run = await acting.start(JOB, ASKED, ADA);
    expect(readByTheSync).not.toBeNull();
    expect(await runById(stage.database.db, run, BARE)).toMatchObject({ state: "succeeded", attempt: 1 });
  });

  it("that the tool refuses says why, and may be asked for again", async () => {
    let refused = true;
    const { acting } = await given({
      adapter: toyBut((remote) => ({
        start: (request, signal) => {
          if (refused) throw new RemoteError("401", { fault: "refused", passing: false });
          return remote.start?.(request, signal) as never;
        },
      })),
    });
    await expect(acting.start(JOB, ASKED, ADA)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await stage.intent("one-key")).toMatchObject({ state: "refused", fault: "refused" });
    refused = false;
    await acting.start(JOB, ASKED, ADA);
    expect(await calls()).toEqual(["start sent", "start refused", "ask told", "start sent", "start accepted"]);
  });

  it("waits out a tool that is busy", async () => {
    let busy = 2;
    const { acting } = await given({
      adapter: toyBut((remote) => ({
        start: (request, signal) => {
          if (busy-- > 0) throw new RemoteError("429", { fault: "busy", passing: true, uncertain: false });
          return remote.start?.(request, signal) as never;
        },
      })),
    });
    await acting.start(JOB, ASKED, ADA);
    expect(stage.sandbox.world.startedWithKey("one-key")).toHaveLength(1);
  });

  it("of a source that cannot be reached is told so, and goes on by itself", async () => {
    let gone = true;
    const engine = await given(
      {
        adapter: toyBut((remote) => ({
          start: (request, signal) => {
            if (gone) throw new RemoteError("refused", { fault: "unreachable", passing: true, uncertain: false });
            return remote.start?.(request, signal) as never;
          },
        })),
      },
      { patienceMs: 100 },
    );
    await expect(engine.acting.start(JOB, ASKED, ADA)).rejects.toMatchObject({ code: "SOURCE_UNREACHABLE" });
    gone = false;
    await eventually(async () => (await stage.intent("one-key")).state === "confirmed");
  });

  it("of a job that is not there, or cannot, is refused before it is written down", async () => {
    const { acting } = await given({ adapter: toyBut(() => ({ start: undefined }) as never) });
    await expect(acting.start({ ...JOB, jobId: "nowhere" }, ASKED, ADA)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(acting.start(JOB, ASKED, ADA)).rejects.toMatchObject({ code: "INVALID" });
    await expect(stage.intent("one-key")).rejects.toThrow();
  });
});

/** Does it, and loses the answer. */
const losing = (
  times: number,
  adapter: Partial<Adapter> = {},
  change: (remote: Remote) => Partial<Remote> = () => ({}),
) => {
  let left = times;
  return toyBut(
    (remote) => ({
      async start(request, signal) {
        const started = await remote.start?.(request, signal);
        if (left-- > 0) throw new RemoteError("500", { fault: "busy", passing: true });
        return started as never;
      },
      ...change(remote),
    }),
    adapter,
  );
};

describe("a start whose answer is lost", () => {
  it("is adopted by its key", async () => {
    const { acting, metrics } = await given({ adapter: losing(1) });
    const run = await acting.start(JOB, ASKED, ADA);
    expect(await stage.intent("one-key")).toMatchObject({ foundBy: "key", runRow: run.id, sends: 1 });
    expect(await calls()).toEqual(["start sent", "start doubt", "find found"]);
    expect(await metrics.registry.metrics()).toContain(
      'tutti_hand_off_adopted_runs_total{source="one",evidence="key"} 1',
    );
  });

  it("is not sent again before it could have surfaced", async () => {
    const began = performance.now();
    let hidden = true;
    const adapter = losing(1, { visibleWithinMs: 300 }, (remote) => ({
      find: (request, signal) => (hidden ? Promise.resolve(null) : (remote.find?.(request, signal) as never)),
    }));
    const windows = { sendWindowMs: 1_000, callMs: 1_000, ...QUICK };
    const { acting } = await given({ adapter, handOff: "marked" }, { times: windows });
    setTimeout(() => (hidden = false), 400).unref();
    await acting.start(JOB, ASKED, ADA);
    expect(performance.now() - began).toBeGreaterThan(400);
    expect(await stage.intent("one-key")).toMatchObject({ sends: 1, foundBy: "key" });
  });

  it("that surely never arrived is sent again", async () => {
    let lost = 1;
    const { acting } = await given({
      adapter: toyBut((remote) => ({
        start: (request, signal) => {
          if (lost-- > 0) throw new RemoteError("cut", { fault: "unreachable", passing: true });
          return remote.start?.(request, signal) as never;
        },
      })),
    });
    await acting.start(JOB, ASKED, ADA);
    expect(await calls()).toEqual(["start sent", "start doubt", "start sent", "start accepted"]);
  });
});

describe("a start that is blind", () => {
  const blind = () => losing(1, { visibleWithinMs: 0 }, () => ({ find: undefined }) as never);
  // Wide enough for a busy machine, and what is not found is uncertain only after both.
  const windows = { sendWindowMs: 1_000, callMs: 1_000, ...QUICK };

  async function givenDoubt() {
    const engine = await given({ adapter: blind(), handOff: "blind" }, { times: windows });
    await expect(engine.acting.start(JOB, ASKED, ADA)).rejects.toMatchObject({
      code: "UNCERTAIN",
      message: expect.stringContaining("somebody has to look") as string,
    });
    return engine;
  }

  it("is sent once, and a person is asked", async () => {
    await givenDoubt();
    expect(await stage.intent("one-key")).toMatchObject({ state: "uncertain", sends: 1 });
    expect(stage.sandbox.world.startedWithKey("one-key")).toHaveLength(1);
  });

  it("lets no other start of its job leave before that", async () => {
    const engine = await givenDoubt();
    const { acting } = stage.actor({ times: windows, patienceMs: 2_000 });
    await expect(acting.start(JOB, { ...ASKED, key: "other" }, ADA)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(stage.sandbox.world.startedWithKey("other")).toEqual([]);
    await acting.start({ ...JOB, jobId: "job_001" }, { ...ASKED, key: "elsewhere" }, ADA);
    await engine.acting.resolve(await stage.intent("one-key"), { kind: "give-up" }, ADA);
    await eventually(async () => (await stage.intent("other")).state === "confirmed");
  });

  it("becomes the run that a person names", async () => {
    const { acting } = await givenDoubt();
    const [runId = ""] = stage.sandbox.world.startedWithKey("one-key");
    const page = { items: [aRun({ jobId: "job_000", runId }), aRun({ jobId: "job_001" })], readAt: new Date() };
    await applyRuns(stage.database.db, stage.lease, page);
    const rows = await stage.database.db.selectFrom("run").select(["id", "external_id"]).execute();
    const keyOf = (name: string) => ({
      sourceId: stage.sourceId,
      id: rows.find((row) => row.external_id === name)?.id ?? 0,
    });
    const intent = await stage.intent("one-key");
    await expect(acting.resolve(intent, { kind: "ran", run: keyOf("one") }, ADA)).rejects.toThrow(
      "is none of one/job_000",
    );
    await acting.resolve(intent, { kind: "ran", run: keyOf(runId) }, ADA);
    expect(await stage.intent("one-key")).toMatchObject({ state: "confirmed", foundBy: "person", externalRun: runId });
    await expect(acting.resolve(intent, { kind: "give-up" }, ADA)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await acting.start(JOB, ASKED, ADA)).toEqual(keyOf(runId));
  });

  it("is sent again when a person says that it never ran", async () => {
    const { acting } = await givenDoubt();
    await acting.resolve(await stage.intent("one-key"), { kind: "send-again" }, ADA);
    await eventually(async () => (await stage.intent("one-key")).state === "confirmed");
    expect((await stage.intent("one-key")).sends).toBe(2);
  });

  it("is adopted by exclusion where the tool can show that", async () => {
    const seen: unknown[] = [];
    const adapter = losing(1, { visibleWithinMs: 0 }, (remote) => ({
      async find(request, signal) {
        seen.push(request.taken);
        const found = await remote.find?.(request, signal);
        return found ? { ...found, by: "exclusion" as const } : null;
      },
    }));
    const { acting } = await given({ adapter, handOff: "blind" }, { times: windows });
    await acting.start(JOB, ASKED, ADA);
    expect(await stage.intent("one-key")).toMatchObject({ state: "confirmed", foundBy: "exclusion" });
    expect(seen).toEqual([[]]);
  });
});
