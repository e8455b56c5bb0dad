/** A cluster with its Jobs, in which one ends and another begins, evenly. */
import { openKubernetesSandbox } from "../../../adapters/kubernetes/sandbox.ts";

const [jobs = "10000", changesASecond = "50"] = process.argv.slice(2);
const MINUTE_MS = 60_000;
const STATES = ["running", "succeeded", "succeeded", "failed"] as const;

const sandbox = await openKubernetesSandbox();
const { world, url, config, secrets } = sandbox;
const going: { readonly jobId: string; readonly runId: string }[] = [];

const before = performance.now();
for (let at = 0; at < Number(jobs); at += 1) {
  const jobId = `team-${at % 20}/nightly-${at % 500}`;
  const state = STATES[Math.floor(at / 500) % STATES.length] ?? "running";
  const runId = world.addRun({ jobId, state, queuedAt: new Date(Date.now() - at * MINUTE_MS) });
  if (state === "running") going.push({ jobId, runId });
}
const filledMs = performance.now() - before;
process.stdout.write(`${JSON.stringify({ url, config, secrets, filledMs })}\n`);

function change(): void {
  const oldest = going.shift();
  if (!oldest) return;
  world.setRun(oldest.jobId, oldest.runId, { state: "succeeded" });
  going.push({ jobId: oldest.jobId, runId: world.addRun({ jobId: oldest.jobId, state: "running" }) });
}

setInterval(change, 2_000 / Number(changesASecond));
process.once("SIGTERM", () => process.exit(0));
