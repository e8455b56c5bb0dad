import type { SourceView } from "../../model/view.ts";
import { BackfillRef, builder, NodeRef, SourceRef } from "./builder.ts";
import { JobConnectionRef, resolveJobs } from "./job-connection.ts";
import { CapabilityRef, FaultRef, HandOffRef, JobOrderRef } from "./enums.ts";
import { JobFilterRef } from "./filters.ts";
import { sourceNodeId } from "./node-id.ts";

builder.objectType(SourceRef, {
  description: "One configured tool: `airflow-prod`, `jenkins-core`.",
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({ description: "Its global id.", resolve: (source) => sourceNodeId(source.id) }),
    name: t.exposeString("name", {
      description: "The name people say, and the first part of every reference to its jobs.",
    }),
    adapter: t.exposeString("adapter", { description: "The kind of tool." }),
    url: t.exposeString("url", { description: "Where people open the tool itself." }),
    labels: t.expose("labels", { type: "JSON", description: "Labels it was declared with." }),
    capabilities: t.expose("capabilities", { type: [CapabilityRef], description: "What the tool can be asked for." }),
    handOff: t.expose("handOff", {
      type: HandOffRef,
      description: "How surely one start becomes one run here, at best.",
    }),
    reachable: t.exposeBoolean("reachable", {
      nullable: true,
      description: "Whether the last attempt to read it went through; null until the first.",
    }),
    version: t.exposeString("version", { nullable: true, description: "The tool's version, as it says." }),
    lastSyncedAt: t.expose("lastSyncedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last read to the end; null before the first time.",
    }),
    attemptedAt: t.expose("attemptedAt", {
      type: "DateTime",
      nullable: true,
      description: "When we last tried to read it.",
    }),
    lagMs: t.exposeFloat("lagMs", { nullable: true, description: "How old our picture of it is, in milliseconds." }),
    paceMs: t.exposeFloat("paceMs", {
      nullable: true,
      description: "How long we wait between two looks, in milliseconds.",
    }),
    latencyMs: t.exposeFloat("latencyMs", {
      nullable: true,
      description: "How long it takes to answer, in milliseconds.",
    }),
    clockSkewMs: t.exposeFloat("clockSkewMs", {
      nullable: true,
      description: "Its clock minus ours, in milliseconds; null where it does not tell its time.",
    }),
    fault: t.expose("fault", {
      type: FaultRef,
      nullable: true,
      description: "Who failed at the last attempt, and how.",
    }),
    error: t.exposeString("error", {
      nullable: true,
      description: "What went wrong at the last attempt, and what to do.",
    }),
    missingRights: t.exposeStringList("missingRights", {
      description: "Rights we would need and lack, in the tool's words.",
    }),
    troubles: t.exposeStringList("troubles", { description: "Parts of the tool that say they are unwell." }),
    backfill: t.expose("backfill", {
      type: BackfillRef,
      nullable: true,
      description: "How far the first look back has come; null where none was asked for.",
    }),
    jobCount: t.exposeInt("jobs", { description: "Jobs known to exist here." }),
    jobs: t.field({
      type: JobConnectionRef,
      description: "Its jobs.",
      args: {
        filter: t.arg({ type: JobFilterRef, description: "Which jobs; `source` is this one." }),
        order: t.arg({ type: JobOrderRef, defaultValue: "name-asc", description: "How they are sorted." }),
        first: t.arg.int({ description: "How many: 50 unless told, at most 500." }),
        after: t.arg.string({ description: "Go on after this cursor." }),
      },
      resolve: (source, args, context, info) => resolveJobs(args, context, info, source),
    }),
  }),
});

builder.objectType(BackfillRef, {
  description: "How far the first look into a source's past has come. It goes backwards, newest first.",
  fields: (t) => ({
    from: t.expose("from", { type: "DateTime", description: "How far back it shall go." }),
    reached: t.expose("reached", { type: "DateTime", nullable: true, description: "How far back it is by now." }),
    doneAt: t.expose("doneAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was complete; null while it goes on.",
    }),
    runs: t.exposeInt("runs", { description: "Runs brought in so far." }),
    done: t.boolean({ description: "Whether it is complete.", resolve: (backfill) => backfill.doneAt !== null }),
  }),
});

builder.queryFields((t) => ({
  sources: t.field({
    type: [SourceRef],
    description: "Every source, by name.",
    resolve: async (_root, _args, { reader }) => [...(await reader.allSources())] satisfies SourceView[],
  }),
  source: t.field({
    type: SourceRef,
    nullable: true,
    description: "The source of this name, or null.",
    args: { name: t.arg.string({ required: true, description: "As in a reference: `airflow-prod`." }) },
    resolve: (_root, { name }, { reader }) => reader.sourceByName(name),
  }),
}));
