/** `kill -9` of ours at every named point of a start, twenty times each, in every tool. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAILPOINTS, type Failpoint } from "../../../src/lib/failpoint.ts";
import { eventually } from "../../support/eventually.ts";
import { buildReplica, createReplicas, type Replicas } from "../../torture/replicas.ts";
import { openScene, type Scene } from "../../torture/scene.ts";
import { TOOLS } from "../../torture/tools.ts";

const KILLS = 20;
/** More than are killed, so that a point which lets one through each time is reached the last time too. */
const STARTS = 24;

const jobOf = (at: number) => `job_${String(at).padStart(3, "0")}`;
const keyOf = (at: number) => `key-${at}`;
const EVERY = Array.from({ length: STARTS }, (_, at) => at);

let program = "";
beforeAll(async () => {
  program = await buildReplica("kills");
});
afterAll(() => rm(program, { force: true }));

/** Answers with how often it was killed there. */
async function killAt(point: Failpoint, scene: Scene, replicas: Replicas): Promise<number> {
  // Nobody looks for a run before something is in doubt.
  if (point.endsWith("find")) await (await replicas.begin(scene.orders("after-answer=kill"))).ended;
  let kills = 0;
  while (kills < KILLS) {
    const replica = await replicas.begin(scene.orders(`${point}=kill`));
    expect(await replica.ended).toBe("SIGKILL");
    kills += 1;
  }
  return kills;
}

/** A replica that is left alone brings everything to an end. */
async function settleAll(scene: Scene, replicas: Replicas): Promise<void> {
  await replicas.begin(scene.orders(null));
  await eventually(async () => {
    const open = await scene.database.db
      .selectFrom("intent")
      .select("id")
      .where("settled_at", "is", null)
      .where("state", "<>", "uncertain")
      .execute();
    return open.length === 0;
  }, 60_000);
}

async function killed(point: Failpoint, scene: Scene): Promise<number> {
  const replicas = createReplicas(program);
  try {
    await Promise.all(EVERY.map((at) => scene.accept(keyOf(at), jobOf(at))));
    const kills = await killAt(point, scene, replicas);
    await settleAll(scene, replicas);
    return kills;
  } finally {
    await replicas.end();
  }
}

/** What became of each start: its state, and how many runs the tool has of it. */
async function outcomesOf(scene: Scene): Promise<string[]> {
  const outcomes = await Promise.all(
    EVERY.map(async (at) => {
      const { state, externalRun, runRow } = await scene.intent(keyOf(at));
      const runs = scene.sandbox.world.startedWithKey(keyOf(at));
      const known = runs.includes(externalRun ?? "") && runRow !== null;
      return `${state}, ${runs.length} run${known ? ", ours" : ""}`;
    }),
  );
  return [...new Set(outcomes)].sort();
}

describe.each(TOOLS)("a start in $name", (tool) => {
  it.concurrent.for(FAILPOINTS)(
    "happens once, although we are killed 20 times at %s",
    { timeout: 300_000 },
    async (point, { skip }) => {
      const scene = await openScene(tool, STARTS);
      if (!scene.canStart) {
        await scene.close();
        return skip(`${tool.name} cannot start`);
      }
      const kills = await killed(point, scene);
      const outcomes = await outcomesOf(scene);
      await scene.close();
      expect(kills).toBe(KILLS);
      if (tool.handOff !== "blind") return expect(outcomes).toEqual(["confirmed, 1 run, ours"]);
      // Nobody can search there: one run at most, and a person is asked where we cannot tell.
      const honest = ["confirmed, 1 run, ours", "uncertain, 0 run", "uncertain, 1 run"];
      return expect(outcomes.filter((outcome) => !honest.includes(outcome))).toEqual([]);
    },
  );
});
