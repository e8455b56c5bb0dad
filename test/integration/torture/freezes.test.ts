/** A replica that sleeps past its lease and wakes up: what it still wants to send or to write is refused, and counted. */
import { readFile, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Failpoint } from "../../../src/lib/failpoint.ts";
import { eventually } from "../../support/eventually.ts";
import { buildReplica, createReplicas, type Replica, type Replicas } from "../../torture/replicas.ts";
import { openScene, type Scene } from "../../torture/scene.ts";
import { jobOf, type Start, type Tool, TOOLS } from "../../torture/tools.ts";

let program = "";
beforeAll(async () => {
  program = await buildReplica("freezes");
});
afterAll(() => rm(program, { force: true }));

const startIn = (tool: Tool): Start => ({ key: "frozen", jobId: jobOf(tool, 0) });

async function counted(replica: Replica, metric: string): Promise<number> {
  const line = (await replica.metrics()).split("\n").find((one) => one.startsWith(`${metric}{`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** One replica freezes there with the start in its hands; another one takes over; the first wakes up. */
async function freezeAt(point: Failpoint, start: Start, scene: Scene, replicas: Replicas) {
  await scene.accept(start);
  const sleeper = await replicas.begin(scene.orders(`${point}=freeze`));
  await eventually(async () => (await isStopped(sleeper.pid)) || null, 30_000);
  const successor = await replicas.begin(scene.orders(null));
  await eventually(async () => (await scene.intent(start.key)).state === "confirmed", 30_000);
  sleeper.signal("SIGCONT");
  return { sleeper, successor };
}

async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
}

const FENCED = "tutti_hand_off_fenced_writes_total";
const LATE = "tutti_hand_off_late_sends_total";

/** Where a start is blind its successor sends nothing, and asks a person. */
describe.each(TOOLS.filter(({ handOff }) => handOff !== "blind"))("a frozen replica, in $name,", (tool) => {
  it.for([
    ["does not send what it was about to", "before-send", LATE],
    ["writes nothing about an answer it got", "after-answer", FENCED],
    ["does not even begin what another has done", "claimed", FENCED],
    ["is refused by the tool when not even the window stopped it", "window-checked", FENCED],
  ] as const)("%s", async ([_what, point, metric], { skip }) => {
    if (point === "window-checked" && tool.handOff !== "keyed") return skip(`${tool.name} refuses no second start`);
    const scene = await openScene(tool, 1);
    const replicas = createReplicas(program);
    try {
      if (!scene.canStart) return skip(`${tool.name} cannot start`);
      const start = startIn(tool);
      const { sleeper } = await freezeAt(point, start, scene, replicas);
      await eventually(async () => (await counted(sleeper, FENCED)) === 1, 30_000);
      expect(await counted(sleeper, metric)).toBe(1);
      const runId = (await scene.intent(start.key)).externalRun ?? "";
      const { sandbox } = scene;
      expect(tool.begun(sandbox, start)).toEqual([tool.nowCalled(sandbox, { jobId: start.jobId, runId })]);
    } finally {
      await replicas.end();
      await scene.close();
    }
  });
});
