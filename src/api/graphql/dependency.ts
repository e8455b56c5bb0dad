import { parseReference, printReference } from "../../model/reference.ts";
import type { DependencyEnd, DependencyKind, DependencyView, JobView } from "../../model/view.ts";
import { ApiError } from "./api-error.ts";
import { builder, DependencyRef, JobRef, SourceRef } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { enumOf } from "./enums.ts";
import { MAX_EDGES } from "./loaders.ts";

/** More is no list that anybody reads. Known to the price of a question, which takes it for this long. */
const MOST = 500;

const DependencyKindRef = enumOf<DependencyKind>("DependencyKind", "How one job depends on another.", ["job", "data"], {
  job: "The tool lets one follow the other.",
  data: "One writes what the other reads.",
});

builder.objectType(DependencyRef, {
  description: "One job depends on another, in the same tool or in another one.",
  fields: (t) => ({
    kind: t.expose("kind", { type: DependencyKindRef, description: "How." }),
    data: t.exposeString("data", { nullable: true, description: "The name of what is shared; null where none is." }),
    upstream: t.field({
      type: JobRef,
      nullable: true,
      description: "The job that comes first; null where we know it by name only.",
      resolve: ({ from }, _args, context) => jobAt(from, context),
    }),
    upstreamRef: t.string({ description: "Its reference: `airflow-prod/load`.", resolve: ({ from }) => refOf(from) }),
    downstream: t.field({
      type: JobRef,
      nullable: true,
      description: "The job that follows; null where we know it by name only.",
      resolve: ({ to }, _args, context) => jobAt(to, context),
    }),
    downstreamRef: t.string({ description: "Its reference.", resolve: ({ to }) => refOf(to) }),
    sources: t.field({
      type: [SourceRef],
      description: "Who tells of it: one tool, or the two that share the data.",
      async resolve({ from, to }, _args, { loaders }) {
        const ids = [...new Set([from.sourceId, to.sourceId])];
        const found = await Promise.all(ids.map((id) => loaders.source.load(id)));
        return found.flatMap((source) => source ?? []);
      },
    }),
    inferred: t.boolean({
      description: "Whether it is our conclusion from history and not a tool's word.",
      resolve: () => false,
    }),
  }),
});

function jobAt({ sourceId, jobId }: DependencyEnd, { loaders }: ApiContext): Promise<JobView | null> | null {
  return jobId === null ? null : loaders.job.load({ sourceId, id: jobId });
}

function refOf({ source, job }: DependencyEnd): string {
  return printReference({ source, jobId: job });
}

builder.objectFields(JobRef, (t) => ({
  upstream: t.field({
    type: [DependencyRef],
    description: "What it depends on, as tools know it: the first hundred edges.",
    extensions: { listSize: MAX_EDGES },
    resolve: async (job, _args, { loaders }) => [...(await loaders.upstream.load(job))],
  }),
  downstream: t.field({
    type: [DependencyRef],
    description: "What depends on it, as tools know it: the first hundred edges.",
    extensions: { listSize: MAX_EDGES },
    resolve: async (job, _args, { loaders }) => [...(await loaders.downstream.load(job))],
  }),
}));

builder.queryFields((t) => ({
  dependencies: t.field({
    type: [DependencyRef],
    description: `Which job depends on which, across all tools. Up to ${MOST} edges; where there are more, name a job.`,
    extensions: { listSize: MOST },
    args: {
      job: t.arg.string({ description: "Of this job, in both directions: `airflow-prod/load_ledger`." }),
      inferred: t.arg.boolean({ description: "Only those concluded from history, or only those that tools know." }),
    },
    // Nothing is concluded from history yet, and that is the honest answer to who asks for it.
    resolve: (_root, { job, inferred }, context) =>
      inferred === true ? [] : job == null ? wholeGraph(context) : around(job, context),
  }),
}));

async function wholeGraph({ reader }: ApiContext): Promise<DependencyView[]> {
  const found = await reader.allDependencies(MOST + 1);
  if (found.length > MOST) {
    throw new ApiError("TOO_EXPENSIVE", `There are more than ${MOST} dependencies; ask for those of one job.`, "job");
  }
  return found;
}

async function around(reference: string, { reader, loaders }: ApiContext): Promise<DependencyView[]> {
  const job = await reader.jobByReference(parseReference(reference));
  if (!job) throw new ApiError("NOT_FOUND", `there is no job "${reference}"`, "job");
  const [upstream, downstream] = await Promise.all([loaders.upstream.load(job), loaders.downstream.load(job)]);
  return [...upstream, ...downstream];
}
