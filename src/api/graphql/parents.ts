/** The parents of a row: joined already where the question was foreseen, loaded in a batch where it was not. */
import type { JobView, SourceView } from "../../model/view.ts";
import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./context.ts";

export function sourceOf(job: JobView, { loaders }: ApiContext): SourceView | Promise<SourceView> {
  return job.source ?? loaders.source.load(job.sourceId).then(found);
}

export function jobOf(
  run: { readonly job?: JobView; readonly sourceId: number; readonly jobId: number },
  context: ApiContext,
) {
  return run.job ?? context.loaders.job.load({ sourceId: run.sourceId, id: run.jobId }).then(found);
}

/** It was there when its child was read: somebody removed the source since. */
function found<T>(row: T | null): T {
  if (row === null) throw new ApiError("NOT_FOUND", "Its source was removed while this was being answered.");
  return row;
}
