/** The conformance suite, asked of a real Airflow: the same questions as of the sandbox. */
import { airflow } from "../../../adapters/airflow/index.ts";
import { describeAdapter } from "../../../src/adapter/conformance/describe-adapter.ts";
import { realTool } from "../tool.ts";
import { startAirflow } from "./airflow.ts";
import type { Release } from "./releases.ts";
import { databaseWorld, keepTables, resetTables } from "./world.ts";

export function describeConformance(release: Release): void {
  const tool = realTool(async () => {
    const started = await startAirflow(release, { dags: "suite", schedules: false });
    await keepTables(started.database, release.api);
    return started;
  });

  describeAdapter({
    name: release.name,
    adapter: airflow,
    async open({ jobs = 3, now = () => new Date() } = {}) {
      const { url, config, secrets, database } = tool();
      await resetTables(database, release.api, jobs);
      const world = databaseWorld(database, release.api, now);
      return { url, config, secrets, world, close: async () => {} };
    },
  });
}
