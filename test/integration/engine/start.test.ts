import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runById } from "../../../src/store/read/runs.ts";
import { ADA, type EngineStage, engineStage } from "./stage.ts";

const JOB = { source: "one", jobId: "job_000" };
const BARE = { withJob: false, withSource: false };

let stage: EngineStage;
beforeEach(async () => {
  stage = await engineStage();
});
afterEach(() => stage.close());

describe("a start", () => {
  it("answers with its run, in the mirror", async () => {
    const { acting, handOff } = stage.actor();
    await handOff.start();
    const run = await acting.start(JOB, { key: "one-key", parameters: { date: "2026-11-21" } }, ADA);
    const view = await runById(stage.database.db, run, BARE);
    expect(stage.sandbox.world.startedWithKey("one-key")).toEqual([view?.externalId]);
    expect(view).toMatchObject({
      state: "queued",
      causeKind: "us",
      causeKey: "one-key",
      parameters: { date: "2026-11-21" },
    });
  });
});
