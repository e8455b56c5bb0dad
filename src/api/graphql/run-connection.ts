/** A page of runs, from the top of the query or below a job. */
import type { InputShapeFromTypeParam } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import { InputError } from "../../lib/input-error.ts";
import { printReference } from "../../model/reference.ts";
import type { JobView, Keyset, RunOrder, RunView } from "../../model/view.ts";
import type { WithJob } from "../../store/read/page.ts";
import { RunRef } from "./builder.ts";
import { type Connection, connectionType, pageOf, type PageAsked, toConnection } from "./connection.ts";
import type { ApiContext } from "./context.ts";
import type { RunFilterRef } from "./filters.ts";
import { toRunFilter } from "./filters.ts";
import { jobNeedsSource } from "./job-connection.ts";
import { selects } from "./look-ahead.ts";
import { sourceOf } from "./parents.ts";
import { wantedOfRuns } from "./wanted.ts";

export const RunConnectionRef = connectionType("Run", "runs", RunRef);

export interface RunsArgs extends PageAsked {
  readonly filter?: InputShapeFromTypeParam<never, typeof RunFilterRef, false>;
  readonly order?: RunOrder | null | undefined;
}

export async function resolveRuns(
  args: RunsArgs,
  { reader }: ApiContext,
  info: GraphQLResolveInfo,
): Promise<Connection<RunView>> {
  const order = args.order ?? "started-desc";
  const list = `runs/${order}` as const;
  const slice = await reader.listRuns({
    filter: toRunFilter(args.filter),
    order,
    ...pageOf(list, args),
    ...joinsOf(info, "edges.node"),
  });
  return toConnection(slice, { list, after: args.after, keysetOf });
}

export async function resolveRunsOf(job: JobView, args: RunsArgs, context: ApiContext): Promise<Connection<RunView>> {
  const order = args.order ?? "started-desc";
  const list = `runs/${order}` as const;
  const filter = toRunFilter(args.filter);
  if (filter.job || filter.source) throw new InputError("filter", "these are the runs of one job already");
  const source = await sourceOf(job, context);
  const reference = printReference({ source: source.name, jobId: job.externalId });
  const asked = { filter: { ...filter, job: [reference] }, order, ...pageOf(list, args) };
  const slice = await context.reader.listRuns({ ...asked, withJob: false, withSource: false });
  const items = slice.items.map((run) => ({ ...run, job }));
  return toConnection<RunView>({ ...slice, items }, { list, after: args.after, keysetOf });
}

/** What one statement shall bring along for the runs at this path. */
export function joinsOf(info: GraphQLResolveInfo, path: string): WithJob {
  const job = path === "" ? "job" : `${path}.job`;
  return { withJob: selects(info, job), withSource: jobNeedsSource(info, job), wanted: wantedOfRuns(info, path) };
}

function keysetOf(run: RunView): Keyset {
  return { at: run.occurredAt, id: run.id };
}
