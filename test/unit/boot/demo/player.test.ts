import { describe, expect, it } from "vitest";
import type { OpenSandboxRun, PlayableWorld, SandboxRun } from "../../../../src/adapter/sandbox.ts";
import type { DemoJob } from "../../../../src/boot/demo/fleet.ts";
import { createPlayer } from "../../../../src/boot/demo/player.ts";
import { isTerminal } from "../../../../src/model/run-state.ts";

const origin = new Date("2026-03-02T10:20:30Z");
const later = (seconds: number) => new Date(origin.getTime() + seconds * 1_000);
const job: DemoJob = { id: "j", owner: "o", tags: ["t"], schedule: "* * * * *", usualSeconds: 20, failsPerMille: 0 };

/** Remembers runs as a tool would, and when the tool's clock said they changed. */
function stage() {
  const runs = new Map<string, SandboxRun>();
  const changes: (Date | null)[] = [];
  const hold = { held: false, paused: false };
  const began = new Map<string, Date>();
  const world = {
    addRun(run: SandboxRun) {
      const id = run.runId ?? "";
      if (runs.has(id)) throw new Error(`${id} twice`);
      runs.set(id, run);
      changes.push(player.now());
      return id;
    },
    setRun(_job: string, id: string, change: Partial<SandboxRun>) {
      const run = runs.get(id);
      if (!run) throw new Error(`no ${id}`);
      runs.set(id, { ...run, ...change });
      began.set(id, time.now);
      changes.push(player.now());
    },
    openRuns: () => [...runs].filter(([, { state }]) => !isTerminal(state)).map(openRun),
    isPaused: () => hold.paused,
  } as unknown as PlayableWorld;
  const time = { now: origin };
  function openRun([runId, { jobId, state }]: [string, SandboxRun]): OpenSandboxRun {
    const since = began.get(runId) ?? time.now;
    return { jobId, runId, formerly: null, state: state as "queued" | "running", since, held: hold.held };
  }
  const player = createPlayer([job], origin, () => world);
  /** What a person does, second after second, is what the test does between two of these. */
  function watch(from: number, to: number): void {
    for (let second = from; second <= to; second += 1) {
      time.now = later(second);
      player.play(time.now);
    }
  }
  function ask(runId: string): void {
    runs.set(runId, { jobId: job.id, state: "queued" });
    began.set(runId, time.now);
  }
  return { player, runs, changes, hold, watch, ask };
}

describe("a player", () => {
  it("tells the past when it happened, in order", () => {
    const { player, changes } = stage();
    player.play(origin);
    expect(changes.length).toBeGreaterThan(700);
    expect(changes.map((at) => at?.getTime() ?? 0)).toEqual(
      changes.map((at) => at?.getTime() ?? 0).sort((a, b) => a - b),
    );
    expect(Math.max(...changes.map((at) => at?.getTime() ?? 0))).toBeLessThanOrEqual(origin.getTime());
  });

  it("ends what it began as time goes on", () => {
    const { player, runs } = stage();
    for (let second = 0; second <= 600; second += 1) player.play(later(second));
    const states = [...runs.values()].map(({ state }) => state);
    expect(states.filter((state) => state !== "succeeded").length).toBeLessThanOrEqual(2);
  });

  it("shows the same runs after a restart, and those between", () => {
    const before = stage();
    before.player.play(later(600));
    const after = stage();
    after.player.play(later(7_200));
    expect([...after.runs.keys()]).toEqual(expect.arrayContaining([...before.runs.keys()]));
    expect(after.runs.size - before.runs.size).toBeGreaterThan(100);
  });
});

describe("a run that somebody began", () => {
  it("runs within seconds and ends soon after", () => {
    const { runs, watch, ask } = stage();
    watch(0, 1);
    ask("mine");
    watch(2, 4);
    expect(runs.get("mine")?.state).toBe("running");
    watch(5, 25);
    expect(runs.get("mine")?.state).toBe("succeeded");
  });

  it("waits for as long as the tool holds it", () => {
    const { runs, hold, watch, ask } = stage();
    watch(0, 1);
    ask("mine");
    hold.held = true;
    watch(2, 100);
    expect(runs.get("mine")?.state).toBe("queued");
    hold.held = false;
    watch(101, 103);
    expect(runs.get("mine")?.state).toBe("running");
  });

  it("stays as somebody ended it", () => {
    const { runs, watch, ask } = stage();
    watch(0, 1);
    ask("mine");
    watch(2, 5);
    runs.set("mine", { jobId: job.id, state: "cancelled" });
    watch(6, 100);
    expect(runs.get("mine")?.state).toBe("cancelled");
  });
});

describe("a planned run", () => {
  const goingIn = (runs: Map<string, SandboxRun>) => [...runs].find(([, { state }]) => !isTerminal(state))?.[0] ?? "";

  it("is not brought back once somebody cancelled it", () => {
    const { runs, watch } = stage();
    watch(0, 40);
    const id = goingIn(runs);
    runs.set(id, { jobId: job.id, state: "cancelled" });
    watch(41, 300);
    expect(runs.get(id)?.state).toBe("cancelled");
  });

  it("may be taken away while it runs", () => {
    const { runs, watch } = stage();
    watch(0, 40);
    const id = goingIn(runs);
    expect(runs.delete(id)).toBe(true);
    watch(41, 300);
    expect(runs.has(id)).toBe(false);
  });

  it("is not begun while its job is paused, nor afterwards", () => {
    const { runs, hold, watch } = stage();
    watch(0, 100);
    hold.paused = true;
    const before = runs.size;
    watch(101, 700);
    expect(runs.size - before).toBeLessThanOrEqual(1);
    hold.paused = false;
    watch(701, 760);
    expect(runs.size - before).toBeLessThanOrEqual(2);
  });
});
