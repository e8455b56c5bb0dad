import { Cron } from "croner";
import { describe, expect, it } from "vitest";
import { FLEET } from "../../../../src/boot/demo/fleet.ts";
import { plannedRuns, spanOf, stateAt } from "../../../../src/boot/demo/history.ts";

const origin = new Date("2026-03-02T10:20:30Z");
const jobs = FLEET.flatMap((source) => source.jobs);
const runsOf = (from: Date, to: Date) => jobs.flatMap((job) => plannedRuns(job, from, to));
const hours = (count: number) => new Date(origin.getTime() + count * 3_600_000);

describe("the demo's past", () => {
  it("comes out the same every time", () => {
    expect(runsOf(hours(-24), origin)).toEqual(runsOf(hours(-24), origin));
  });

  it("is the same whether told at once or in pieces", () => {
    const pieces = [hours(-24), hours(-13.37), hours(-2), origin];
    const inPieces = pieces.slice(1).flatMap((to, at) => runsOf(pieces[at] ?? origin, to));
    const key = ({ jobId, dueAt }: { jobId: string; dueAt: Date }) => `${jobId} ${dueAt.toISOString()}`;
    expect(inPieces.map(key).sort()).toEqual(runsOf(hours(-24), origin).map(key).sort());
  });

  it("goes back fourteen days", () => {
    const daily = jobs.find(({ id }) => id === "load_ledger");
    expect(daily && plannedRuns(daily, spanOf(daily, origin).from, origin)).toHaveLength(14);
  });

  it("holds failures, and far more successes", () => {
    const outcomes = runsOf(hours(-24), origin).map(({ outcome }) => outcome);
    const failed = outcomes.filter((outcome) => outcome === "failed").length;
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(outcomes.length / 10);
  });

  it("knows one job whose runs stopped coming", () => {
    const late = jobs.filter((job) => spanOf(job, origin).to !== null);
    expect(late.map(({ id }) => id)).toEqual(["export_regulatory_report"]);
  });
});

describe("a plain schedule", () => {
  it.each(["* * * * *", "*/5 * * * *", "*/15 * * * *", "40 * * * *", "0 * * * *"])(
    "%s falls due when cron says",
    (schedule) => {
      const job = { id: "j", owner: "o", tags: [], schedule, usualSeconds: 1, failsPerMille: 0 };
      for (const from of [origin, hours(-1.0001), new Date("2026-03-02T10:40:00Z")]) {
        const cron = new Cron(schedule, { utcOffset: 0 }).nextRuns(20, from);
        const planned = plannedRuns(job, from, cron.at(-1) ?? from).map(({ dueAt }) => dueAt);
        expect(planned).toEqual(cron);
      }
    },
  );
});

describe("the demo's present", () => {
  it("begins a run every few seconds", () => {
    const begun = runsOf(hours(0), hours(1)).filter(({ queuedAt }) => queuedAt < hours(1));
    expect(begun.length).toBeGreaterThan(240);
  });

  it("moves each run from queued to its end", () => {
    const [run] = runsOf(hours(0), hours(1));
    if (!run) throw new Error("no run");
    const just = (moment: Date, before: number) => new Date(moment.getTime() - before);
    expect(stateAt(run, just(run.queuedAt, 1))).toBeNull();
    expect(stateAt(run, run.queuedAt)).toBe("queued");
    expect(stateAt(run, run.startedAt)).toBe("running");
    expect(stateAt(run, just(run.endedAt, 1))).toBe("running");
    expect(stateAt(run, run.endedAt)).toBe(run.outcome);
  });

  it("is a fleet of forty to seventy jobs with owners", () => {
    expect(jobs.length).toBeGreaterThanOrEqual(40);
    expect(jobs.length).toBeLessThanOrEqual(70);
    expect(jobs.every(({ owner }) => owner !== "")).toBe(true);
  });
});
