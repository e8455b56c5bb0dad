/** A sandbox with its jobs, for every kind of tool that has one. A new adapter joins the demo with one entry here. */
import { openAirflowSandbox } from "../../../adapters/airflow/sandbox.ts";
import { openJenkinsSandbox } from "../../../adapters/jenkins/sandbox.ts";
import { openKubernetesSandbox } from "../../../adapters/kubernetes/sandbox.ts";
import type { PlayableWorld, Sandbox } from "../../adapter/sandbox.ts";
import type { DemoJob, DemoSource } from "./fleet.ts";

export type Stage = Sandbox & { readonly world: PlayableWorld };
type OpenStage = (source: DemoSource, now: () => Date) => Promise<Stage>;

const STAGES: Readonly<Record<string, OpenStage>> = {
  async airflow({ jobs, options }, now) {
    const { api, version } = options;
    const sandbox = await openAirflowSandbox({ now, api: api === "v1" ? "v1" : "v2", ...(version && { version }) });
    for (const job of jobs) sandbox.world.addJob({ ...jobOf(job), owners: [job.owner], tags: job.tags });
    return sandbox;
  },
  async jenkins({ jobs, options }, now) {
    const { version } = options;
    const sandbox = await openJenkinsSandbox({ now, ...(version && { version }) });
    for (const job of jobs) {
      // Jenkins has no owners and no tags; who built it says so in the description.
      const description = `Built and run by ${job.owner}.`;
      sandbox.world.addJob({
        ...jobOf(job),
        kind: job.tags.includes("freestyle") ? "freestyle" : "pipeline",
        description,
      });
    }
    return sandbox;
  },
  async kubernetes({ jobs, options }, now) {
    const { version } = options;
    const sandbox = await openKubernetesSandbox({ now, ...(version && { version }) });
    for (const job of jobs) {
      const labels = { "app.kubernetes.io/part-of": job.owner };
      // As much of its past as the demo tells; clusters keep three.
      sandbox.world.addJob({
        ...jobOf(job),
        labels,
        spec: { successfulJobsHistoryLimit: 500, failedJobsHistoryLimit: 500 },
      });
    }
    return sandbox;
  },
};

export async function openStage(source: DemoSource, now: () => Date): Promise<Stage> {
  const open = STAGES[source.adapter];
  if (!open) throw new Error(`the demo has no sandbox for ${source.adapter}`);
  return open(source, now);
}

function jobOf({ id, schedule, paused }: DemoJob) {
  return { id, schedule, paused: paused ?? false };
}
