import { parseReference, printReference } from "../../model/reference.ts";
import { builder, JobRef, NodeRef, RunRef, ScheduleRef, SourceRef } from "./builder.ts";
import { CapabilityRef, DialectRef, HandOffRef, JobOrderRef, RunOrderRef, RunStateRef } from "./enums.ts";
import { JobFilterRef, RunFilterRef } from "./filters.ts";
import { JobConnectionRef, jobNeedsSource, resolveJobs } from "./job-connection.ts";
import { rowNodeId } from "./node-id.ts";
import { sourceOf } from "./parents.ts";
import { resolveRunsOf, RunConnectionRef } from "./run-connection.ts";

builder.objectType(JobRef, {
  description: "What a tool knows how to run: a DAG, a crontab line, a Jenkins job.",
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({ description: "Its global id.", resolve: (job) => rowNodeId("Job", job) }),
    ref: t.string({
      description: "How people say it: `airflow-prod/load_ledger`.",
      resolve: (job, _args, context) => {
        const source = sourceOf(job, context);
        if (source instanceof Promise) return source.then(({ name }) => referenceTo(name, job.externalId));
        return referenceTo(source.name, job.externalId);
      },
    }),
    name: t.exposeString("name", { description: "Its name as the tool shows it." }),
    path: t.exposeStringList("path", { description: "The folders above it, outermost first." }),
    source: t.field({
      type: SourceRef,
      description: "The source it lives in.",
      resolve: (job, _args, context) => sourceOf(job, context),
    }),
    description: t.exposeString("description", { nullable: true, description: "What the tool says it is for." }),
    schedule: t.expose("schedule", {
      type: ScheduleRef,
      nullable: true,
      description: "When it runs by itself; null when it does not.",
    }),
    paused: t.exposeBoolean("paused", { description: "Whether the tool holds its schedule." }),
    owner: t.exposeString("owner", { nullable: true, description: "Whose it is, as the tool names them." }),
    tags: t.exposeStringList("tags", { description: "Tags the tool gives it." }),
    labels: t.field({
      type: "JSON",
      description: "Labels of its source.",
      resolve: async (job, _args, context) => (await sourceOf(job, context)).labels,
    }),
    url: t.exposeString("url", { nullable: true, description: "Where people open it in the tool." }),
    capabilities: t.field({
      type: [CapabilityRef],
      description: "What can be asked of it.",
      resolve: async (job, _args, context) => [...(job.capabilities ?? (await sourceOf(job, context)).capabilities)],
    }),
    handOff: t.expose("handOff", { type: HandOffRef, description: "How surely one start of it becomes one run." }),
    problem: t.exposeString("problem", {
      nullable: true,
      description: "Why the tool would not run it as things stand; null when nothing is wrong.",
    }),
    state: t.field({
      type: RunStateRef,
      nullable: true,
      description: "The state of its last run; null where we know of none.",
      resolve: async (job, _args, { loaders }) => (await loaders.lastRun.load(job))?.state ?? null,
    }),
    lastRun: t.field({
      type: RunRef,
      nullable: true,
      description: "The run that began last; null where we know of none.",
      resolve: async (job, _args, { loaders }) => {
        const run = await loaders.lastRun.load(job);
        return run && { ...run, job };
      },
    }),
    runs: t.field({
      type: RunConnectionRef,
      description: "Its runs.",
      args: {
        filter: t.arg({ type: RunFilterRef, description: "Which runs; `job` is this one." }),
        order: t.arg({ type: RunOrderRef, defaultValue: "started-desc", description: "How they are sorted." }),
        first: t.arg.int({ description: "How many: 50 unless told, at most 500." }),
        after: t.arg.string({ description: "Go on after this cursor." }),
      },
      resolve: (job, args, context) => resolveRunsOf(job, args, context),
    }),
    observedAt: t.expose("observedAt", { type: "DateTime", description: "When we last saw it, by the tool's clock." }),
    goneAt: t.expose("goneAt", {
      type: "DateTime",
      nullable: true,
      description: "When its tool no longer listed it; null while it does.",
    }),
  }),
});

builder.objectType(ScheduleRef, {
  description: "When a job runs by itself.",
  fields: (t) => ({
    expression: t.exposeString("expression", { description: "As the tool writes it: `0 2 * * *`." }),
    dialect: t.expose("dialect", { type: DialectRef, description: "Whose rules it follows." }),
    timezone: t.exposeString("timezone", {
      nullable: true,
      description: "Its IANA name; null where the tool does not say.",
    }),
    text: t.exposeString("text", { nullable: true, description: "In words; null where we would have to guess." }),
    nextAt: t.expose("nextAt", {
      type: "DateTime",
      nullable: true,
      description: "The next time; null where neither the tool nor we can tell.",
    }),
  }),
});

function referenceTo(source: string, jobId: string): string {
  return printReference({ source, jobId });
}

builder.queryFields((t) => ({
  job: t.field({
    type: JobRef,
    nullable: true,
    description: "The job of this reference, or null.",
    args: { ref: t.arg.string({ required: true, description: "`airflow-prod/load_ledger`" }) },
    resolve: (_root, { ref }, { reader }, info) =>
      reader.jobByReference(parseReference(ref), { withSource: jobNeedsSource(info, "") }),
  }),
  jobs: t.field({
    type: JobConnectionRef,
    description: "Jobs of every source.",
    args: {
      filter: t.arg({ type: JobFilterRef, description: "Which jobs." }),
      order: t.arg({ type: JobOrderRef, defaultValue: "name-asc", description: "How they are sorted." }),
      first: t.arg.int({ description: "How many: 50 unless told, at most 500." }),
      after: t.arg.string({ description: "Go on after this cursor." }),
    },
    resolve: (_root, args, context, info) => resolveJobs(args, context, info),
  }),
}));
