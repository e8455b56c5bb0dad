import { describe, expect, it } from "vitest";
import type { OpenSandboxRun } from "../../../../src/adapter/sandbox.ts";
import { nextStep } from "../../../../src/boot/demo/guests.ts";

const since = new Date("2026-03-02T10:20:30Z");
const after = (seconds: number) => new Date(since.getTime() + seconds * 1_000);
const run = (runId: string, more: Partial<OpenSandboxRun> = {}): OpenSandboxRun => {
  return { jobId: "j", runId, formerly: null, state: "running", since, held: false, ...more };
};

describe("what comes next for a run that somebody began", () => {
  it("is nothing in its first moments", () => {
    expect(nextStep(run("a", { state: "queued" }), 0, after(0.9))).toBeNull();
    expect(nextStep(run("a"), 0, after(9))).toBeNull();
  });

  it("is a worker, and then its end", () => {
    expect(nextStep(run("a", { state: "queued" }), 1_000, after(2))).toBe("running");
    expect(nextStep(run("a"), 0, after(18))).toBe("succeeded");
    expect(nextStep(run("a"), 1_000, after(18))).toBe("failed");
  });

  it("is a failure as often as its job fails", () => {
    const ends = Array.from({ length: 2_000 }, (_, at) => nextStep(run(`run ${at}`), 200, after(18)));
    const failed = ends.filter((end) => end === "failed").length;
    expect(failed).toBeGreaterThan(300);
    expect(failed).toBeLessThan(500);
  });

  it("is thrown anew when it is done again", () => {
    const ends = Array.from({ length: 40 }, (_, at) => nextStep(run("a", { since: after(at) }), 500, after(at + 18)));
    expect(new Set(ends)).toEqual(new Set(["failed", "succeeded"]));
  });

  it("is nothing as long as it is held", () => {
    expect(nextStep(run("a", { held: true }), 0, after(600))).toBeNull();
  });
});
