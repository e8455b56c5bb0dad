/** A page of jobs, from the top of the query or below a source. */
import type { InputShapeFromTypeParam } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import { InputError } from "../../lib/input-error.ts";
import type { JobOrder, JobView, Keyset, SourceView } from "../../model/view.ts";
import { JobRef } from "./builder.ts";
import { type Connection, connectionType, pageOf, type PageAsked, toConnection } from "./connection.ts";
import type { ApiContext } from "./context.ts";
import type { JobFilterRef } from "./filters.ts";
import { toJobFilter } from "./filters.ts";
import { selects } from "./look-ahead.ts";
import { wantedOfJobs } from "./wanted.ts";

export const JobConnectionRef = connectionType("Job", "jobs", JobRef);

export interface JobsArgs extends PageAsked {
  readonly filter?: InputShapeFromTypeParam<never, typeof JobFilterRef, false>;
  readonly order?: JobOrder | null | undefined;
}

export async function resolveJobs(
  args: JobsArgs,
  { reader }: ApiContext,
  info: GraphQLResolveInfo,
  source?: SourceView,
): Promise<Connection<JobView>> {
  const order = args.order ?? "name-asc";
  const list = `jobs/${order}` as const;
  const filter = toJobFilter(args.filter);
  if (source && filter.source) throw new InputError("filter.source", `these are the jobs of ${source.name} already`);
  const slice = await reader.listJobs({
    filter: source ? { ...filter, source: [source.name] } : filter,
    order,
    ...pageOf(list, args),
    withSource: !source && jobNeedsSource(info, "edges.node"),
    wanted: wantedOfJobs(info, "edges.node"),
  });
  const items = source ? slice.items.map((job) => ({ ...job, source })) : slice.items;
  return toConnection<JobView>({ ...slice, items }, { list, after: args.after, keysetOf: keysetIn(order) });
}

/** Fields of a job that only its source can answer. */
export function jobNeedsSource(info: GraphQLResolveInfo, path: string): boolean {
  return ["source", "ref", "capabilities", "labels"].some((field) =>
    selects(info, path === "" ? field : `${path}.${field}`),
  );
}

function keysetIn(order: JobOrder): (job: JobView) => Keyset {
  if (order !== "next-asc") return (job) => ({ at: job.name, id: job.id });
  return (job) => ({ at: job.schedule?.nextAt ?? "", id: job.id });
}
