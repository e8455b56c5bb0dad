import { describe, expect, it } from "vitest";
import type { ForeignRun } from "../../../src/model/foreign.ts";
import { endedBy, type HeldRun, planRuns } from "../../../src/store/sync/plan-runs.ts";
import { aRun, after, NOON } from "../../integration/sync/given.ts";

function held(change: Partial<HeldRun> = {}): HeldRun {
  return {
    id: 7,
    attempt: 1,
    state: "running",
    startedAt: NOON,
    endedAt: null,
    occurredAt: NOON,
    observedAt: NOON,
    ...change,
  };
}

function plan(run: ForeignRun, known: HeldRun | null, readAt = after(10)) {
  return planRuns([{ run, jobId: 1, held: known }], readAt);
}

describe("a plan for a page", () => {
  it("counts a new open run as open", () => {
    expect(plan(aRun(), null).moves).toEqual([{ span: 0, bucket: "-infinity", state: "running", delta: 1 }]);
  });

  it("moves a run that ended to its minute and its hour", () => {
    const { moves } = plan(aRun({ state: "failed", endedAt: after(7) }), held());
    expect(moves).toEqual([
      { span: 0, bucket: "-infinity", state: "running", delta: -1 },
      { span: 1, bucket: "2026-03-01T12:07:00.000Z", state: "failed", delta: 1 },
      { span: 60, bucket: "2026-03-01T12:00:00.000Z", state: "failed", delta: 1 },
    ]);
  });

  it("moves nothing when a run changes and stays where it counts", () => {
    expect(plan(aRun({ url: "http://y" }), held()).moves).toEqual([]);
  });

  it("takes back what a reopened run had counted", () => {
    const { moves, writes } = plan(
      aRun({ state: "queued", startedAt: null }),
      held({ state: "failed", endedAt: after(7) }),
    );
    expect(writes).toMatchObject([{ verdict: "reopened", attempt: 2, occurredAt: after(10) }]);
    expect(moves.map(({ span, delta }) => [span, delta])).toEqual([
      [1, -1],
      [60, -1],
      [0, 1],
    ]);
  });

  it("drops what is outdated and counts it", () => {
    expect(plan(aRun(), held({ observedAt: after(20) }))).toEqual({ writes: [], moves: [], outdated: 1 });
  });

  it("tells each end once", () => {
    const done = aRun({ state: "succeeded", endedAt: after(7) });
    expect(endedBy(plan(done, held()))).toEqual([done]);
    expect(endedBy(plan(done, null))).toEqual([done]);
    expect(endedBy(plan(done, held({ state: "failed", endedAt: after(7) })))).toEqual([]);
    expect(endedBy(plan(aRun(), held()))).toEqual([]);
  });
});
