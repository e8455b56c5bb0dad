/** `kill -9` of ours at every named point of a start, in every tool: thrice, or twenty times by `npm run torture`. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAILPOINTS, type Failpoint } from "../../../src/lib/failpoint.ts";
import { eventually } from "../../support/eventually.ts";
import { buildReplica, createReplicas, type Replicas } from "../../torture/replicas.ts";
import { openScene, type Scene } from "../../torture/scene.ts";
import { jobOf, type Start, type Tool, TOOLS } from "../../torture/tools.ts";

const KILLS = Number(process.env.TUTTI_TORTURE_KILLS ?? 3);
/** In hand at once from the beginning. One more comes before each kill, so that its point is surely reached. */
const FIRST = 4;

interface Torture {
  readonly scene: Scene;
  readonly replicas: Replicas;
}

function startsIn(tool: Tool): Start[] {
  return Array.from({ length: FIRST + KILLS }, (_, at) => ({ key: `key-${at}`, jobId: jobOf(tool, at) }));
}

let program = "";
beforeAll(async () => {
  program = await buildReplica("kills");
});
afterAll(() => rm(program, { force: true }));

async function killAt(point: Failpoint, starts: readonly Start[], { scene, replicas }: Torture): Promise<void> {
  await Promise.all(starts.slice(0, FIRST).map((start) => scene.accept(start)));
  // Nobody looks for a run before something is in doubt.
  if (point.endsWith("find")) await (await replicas.begin(scene.orders("after-answer=kill"))).ended;
  for (const start of starts.slice(FIRST)) {
    await scene.accept(start);
    const replica = await replicas.begin(scene.orders(`${point}=kill`));
    expect(await replica.ended).toBe("SIGKILL");
  }
}

/** A replica that is left alone brings everything to an end. */
async function settleAll({ scene, replicas }: Torture): Promise<void> {
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

/** What became of a start: its state, and how many runs the tool has of it. */
async function outcomeOf(start: Start, tool: Tool, scene: Scene): Promise<string> {
  const { sandbox } = scene;
  const { jobId, key } = start;
  const { state, externalRun, runRow } = await scene.intent(key);
  const runs = tool.begun(sandbox, start);
  const isKnown = externalRun !== null && runRow !== null;
  const isOurs = isKnown && runs.includes(tool.nowCalled(sandbox, { jobId, runId: externalRun }));
  return `${state}, ${runs.length} run${isOurs ? ", ours" : ""}`;
}

async function torture(tool: Tool, point: Failpoint, scene: Scene): Promise<string[]> {
  const replicas = createReplicas(program);
  const starts = startsIn(tool);
  try {
    await killAt(point, starts, { scene, replicas });
    await settleAll({ scene, replicas });
    return await Promise.all(starts.map((start) => outcomeOf(start, tool, scene)));
  } finally {
    await replicas.end();
  }
}

function summary(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} × (${outcome})`).join(", ");
}

const DONE = "confirmed, 1 run, ours";
/** Of a tool that shows no key: a run is found by exclusion, for each job was started once; without one a person is asked. */
const HONEST = [DONE, "uncertain, 0 run"];

describe.each(TOOLS)("a start in $name", (tool) => {
  const all: string[] = [];
  let begunAt = 0;
  beforeAll(() => void (begunAt = performance.now()));
  afterAll(() => {
    const tookS = Math.round((performance.now() - begunAt) / 1_000);
    if (all.length > 0) console.log(`${tool.name}: ${all.length} starts in ${tookS} s: ${summary(all)}`);
  });

  it.concurrent.for(FAILPOINTS)(
    `happens once, although we are killed ${KILLS} times at %s`,
    { timeout: 30_000 * (FIRST + KILLS) },
    async (point, { skip }) => {
      const scene = await openScene(tool, FIRST + KILLS);
      try {
        if (!scene.canStart) return skip(`${tool.name} cannot start`);
        const outcomes = await torture(tool, point, scene);
        all.push(...outcomes);
        const good = tool.handOff === "blind" ? HONEST : [DONE];
        expect(outcomes.filter((outcome) => !good.includes(outcome))).toEqual([]);
      } finally {
        await scene.close();
      }
    },
  );
});
