/** A replica that sleeps past its lease and wakes up: what it still wants to send or to write is refused, and counted. */
import { readFile, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Failpoint } from "../../../src/lib/failpoint.ts";
import { eventually } from "../../support/eventually.ts";
import { buildReplica, createReplicas, type Replica } from "../../torture/replicas.ts";
import { openScene, type Scene } from "../../torture/scene.ts";
import { TOOLS } from "../../torture/tools.ts";

let program = "";
beforeAll(async () => {
  program = await buildReplica("freezes");
});
afterAll(() => rm(program, { force: true }));

const KEY = "frozen";

async function counted(replica: Replica, metric: string): Promise<number> {
  const line = (await replica.metrics()).split("\n").find((one) => one.startsWith(`${metric}{`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** One replica freezes there with the start in its hands; another one takes over; the first wakes up. */
async function freezeAt(point: Failpoint, scene: Scene, replicas: ReturnType<typeof createReplicas>) {
  await scene.accept(KEY, "job_000");
  const sleeper = await replicas.begin(scene.orders(`${point}=freeze`));
  await eventually(async () => (await isStopped(sleeper.pid)) || null, 30_000);
  const successor = await replicas.begin(scene.orders(null));
  await eventually(async () => (await scene.intent(KEY)).state === "confirmed", 30_000);
  sleeper.signal("SIGCONT");
  return { sleeper, successor };
}

async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
}

const FENCED = "tutti_hand_off_fenced_writes_total";
const LATE = "tutti_hand_off_late_sends_total";

describe.each(TOOLS.filter(({ handOff }) => handOff === "keyed"))("a frozen replica, in $name,", (tool) => {
  it.for([
    ["does not send what it was about to", "before-send", LATE],
    ["writes nothing about an answer it got", "after-answer", FENCED],
    ["does not even begin what another has done", "claimed", FENCED],
    ["is refused by the tool when not even the window stopped it", "window-checked", FENCED],
  ] as const)("%s", async ([_what, point, metric], { skip }) => {
    const scene = await openScene(tool, 1);
    if (!scene.canStart) {
      await scene.close();
      return skip(`${tool.name} cannot start`);
    }
    const replicas = createReplicas(program);
    try {
      const { sleeper } = await freezeAt(point, scene, replicas);
      await eventually(async () => (await counted(sleeper, FENCED)) === 1, 30_000);
      expect(await counted(sleeper, metric)).toBe(1);
      expect(scene.sandbox.world.startedWithKey(KEY)).toEqual([(await scene.intent(KEY)).externalRun]);
    } finally {
      await replicas.end();
      await scene.close();
    }
  });
});
