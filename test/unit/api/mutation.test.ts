import { afterEach, describe, expect, it } from "vitest";
import type { Acting } from "../../../src/engine/acting.ts";
import { ActionError } from "../../../src/engine/action-error.ts";
import { LOG_BYTES, type Peek } from "../../../src/engine/peek.ts";
import { rowNodeId } from "../../../src/api/graphql/node-id.ts";
import { aFleet, aJob, aRun, aSource, type FakeWorld } from "../../support/fake-reader.ts";
import { idleEngine } from "../../support/idle-engine.ts";
import { type TestApi, testApi } from "../../support/test-api.ts";

const WORLD = { sources: [aSource()], jobs: [aJob()], runs: [aRun()] };
const RUN = rowNodeId("Run", { sourceId: 1, id: 100 });

let api: TestApi;
afterEach(() => api.close());

/** Remembers what it was asked, and answers with the run of the world. */
async function given(acting: Partial<Acting> = {}, peek: Partial<Peek> = {}, world: Partial<FakeWorld> = WORLD) {
  const asked: unknown[] = [];
  const deps = {
    acting: {
      ...idleEngine.acting,
      start: (...all: unknown[]) => {
        asked.push(all);
        return Promise.resolve({ sourceId: 1, id: 100 });
      },
      ...acting,
    },
    peek: { ...idleEngine.peek, ...peek },
  };
  api = await testApi({ world, deps });
  return asked;
}

const START = `mutation ($params: JSON) { startJob(ref: "airflow-prod/load_ledger", key: "k", params: $params, note: "month end") { id state } }`;

describe("startJob", () => {
  it("hands on who asks for what, and answers with the run", async () => {
    const asked = await given();
    const { data } = await api.ask(START, { params: { date: "2026-11-21" } });
    expect(data.startJob).toEqual({ id: RUN, state: "SUCCEEDED" });
    expect(asked).toEqual([
      [
        { source: "airflow-prod", jobId: "load_ledger" },
        { parameters: { date: "2026-11-21" }, key: "k" },
        { principal: "ada", note: "month end" },
      ],
    ]);
  });

  it.each(["CONFLICT", "UNCERTAIN", "SOURCE_UNREACHABLE"] as const)(
    "tells of %s with the id of the action",
    async (code) => {
      await given({ start: () => Promise.reject(new ActionError(code, "why", { sourceId: 1, id: 7 })) });
      const { errors } = await api.ask(START);
      const action = rowNodeId("Action", { sourceId: 1, id: 7 });
      expect(errors).toMatchObject([{ message: "why", extensions: { code, action } }]);
    },
  );

  it("is refused to who may only look", async () => {
    const asked = await given();
    api.holders.set("tutti_admin", { name: "eve", role: "viewer" });
    const { errors } = await api.ask(START);
    expect(errors).toMatchObject([{ extensions: { code: "NOT_ALLOWED" } }]);
    expect(asked).toEqual([]);
  });
});

describe("resolveAction", () => {
  it("takes the id of an action and of nothing else", async () => {
    await given();
    const { errors } = await api.ask(`mutation { resolveAction(id: "${RUN}", decision: GIVE_UP) { id } }`);
    expect(errors).toMatchObject([{ extensions: { code: "INVALID" } }]);
  });
});

describe("a look into runs", () => {
  it("shows the last lines of a log", async () => {
    await given({}, { log: () => Promise.resolve({ text: "one\ntwo\nthree\n", cut: false }) });
    const { data } = await api.ask(`{ run(id: "${RUN}") { all: log two: log(tail: 2) more: log(tail: 9) } }`);
    expect(data.run).toEqual({ all: "one\ntwo\nthree\n", two: "two\nthree\n", more: "one\ntwo\nthree\n" });
  });

  it("says at the field why there is nothing, and answers the rest", async () => {
    await given({}, { log: () => Promise.reject(new ActionError("NOT_FOUND", "the pod was deleted")) });
    const { data, errors } = await api.ask(`{ run(id: "${RUN}") { state log } }`);
    expect(data.run).toEqual({ state: "SUCCEEDED", log: null });
    expect(errors).toMatchObject([{ message: "the pod was deleted", extensions: { code: "NOT_FOUND" } }]);
  });

  it("is bounded in runs, and in bytes over all of them", async () => {
    const tails: number[] = [];
    await given(
      {},
      {
        log: (_run, tail) => {
          tails.push(tail);
          return Promise.resolve({ text: "", cut: false });
        },
      },
      aFleet(60),
    );
    await api.ask("{ runs(first: 10) { edges { node { log } } } }");
    expect(tails).toEqual(Array(10).fill(Math.floor((4 * LOG_BYTES) / 10)));
    const { errors } = await api.ask("{ runs(first: 60) { edges { node { log } } } }");
    expect(errors?.[0]?.extensions.code).toBe("TOO_EXPENSIVE");
    expect(tails).toHaveLength(10);
  });
});
