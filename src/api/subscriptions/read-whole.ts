/** Runs with their jobs and sources, in three statements at most, whatever their number and that of the subscribers. */
import type { RunView } from "../../model/view.ts";
import type { Reader } from "../../store/read/reader.ts";
import type { RowKey } from "../../store/read/row-key.ts";
import { createLoaders } from "../graphql/loaders.ts";

export async function readWhole(reader: Reader, keys: readonly RowKey[]): Promise<readonly RunView[]> {
  const loaders = createLoaders(reader, { remember: true });
  const runs = await reader.runsByIds(keys);
  const whole = await Promise.all(
    runs.map(async (run) => {
      const job = run.job ?? (await loaders.job.load({ sourceId: run.sourceId, id: run.jobId }));
      const source = job && (job.source ?? (await loaders.source.load(job.sourceId)));
      return job && source ? { ...run, job: { ...job, source } } : null;
    }),
  );
  // One that was removed since it changed is told by nobody.
  return whole.filter((run) => run !== null);
}
