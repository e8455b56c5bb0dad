/** Twenty Airflows with their jobs, and what goes on in them: runs that begin and runs that end, evenly over each minute. */
import { openAirflowSandbox } from "../../../adapters/airflow/sandbox.ts";

const [sources = "20", jobs = "5000", changesAMinute = "1000"] = process.argv.slice(2);

const sandboxes = await Promise.all(
  Array.from({ length: Number(sources) }, () => openAirflowSandbox({ jobs: Number(jobs) })),
);
const remotes = sandboxes.map(({ url, config, secrets }) => ({ url, config, secrets }));
process.stdout.write(`${JSON.stringify(remotes)}\n`);

const going: { world: (typeof sandboxes)[number]["world"]; jobId: string; runId: string }[] = [];
let changes = 0;

/** Every other change ends the run that has been going on for longest. */
function change(): void {
  changes += 1;
  const oldest = changes % 2 === 0 ? going.shift() : undefined;
  if (oldest) return oldest.world.setRun(oldest.jobId, oldest.runId, { state: "succeeded", endedAt: new Date() });
  const world = sandboxes[(changes >> 1) % sandboxes.length]?.world;
  if (!world) return;
  const jobId = `job_${String((changes * 7_919) % Number(jobs)).padStart(3, "0")}`;
  going.push({ world, jobId, runId: world.addRun({ jobId, state: "running", startedAt: new Date() }) });
}

setInterval(change, 60_000 / Number(changesAMinute));
process.once("SIGTERM", () => process.exit(0));
