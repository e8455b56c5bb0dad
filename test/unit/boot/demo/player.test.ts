import { describe, expect, it } from "vitest";
import type { SandboxRun, SandboxWorld } from "../../../../src/adapter/sandbox.ts";
import type { DemoJob } from "../../../../src/boot/demo/fleet.ts";
import { createPlayer } from "../../../../src/boot/demo/player.ts";

const origin = new Date("2026-03-02T10:20:30Z");
const later = (seconds: number) => new Date(origin.getTime() + seconds * 1_000);
const job: DemoJob = { id: "j", owner: "o", tags: ["t"], schedule: "* * * * *", usualSeconds: 20, failsPerMille: 0 };

/** Remembers runs as a tool would, and when the tool's clock said they changed. */
function stage() {
  const runs = new Map<string, SandboxRun>();
  const changes: (Date | null)[] = [];
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
      changes.push(player.now());
    },
  } as unknown as SandboxWorld;
  const player = createPlayer([job], origin, () => world);
  return { player, runs, changes };
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
