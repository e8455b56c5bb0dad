import type { GateView } from "../../model/view.ts";
import { ApiError } from "./api-error.ts";
import { builder, GateRef, JobRef, NodeRef, RunRef, SourceRef } from "./builder.ts";
import { connectionType, pageOf, toConnection } from "./connection.ts";
import { enumOf } from "./enums.ts";
import { GateFilterRef, toGateFilter } from "./filters.ts";
import { rowNodeId } from "./node-id.ts";

const GATE_HOMES = ["tool"] as const;

const GateHomeRef = enumOf<(typeof GATE_HOMES)[number]>("GateHome", "Where a gate is decided.", GATE_HOMES, {
  tool: "In the tool that waits: open its `url`.",
});

builder.objectType(GateRef, {
  description: "A decision that somebody has to take before a run goes on.",
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({ description: "Its global id.", resolve: (gate) => rowNodeId("Gate", gate) }),
    home: t.field({ type: GateHomeRef, description: "Where it is decided.", resolve: () => "tool" as const }),
    title: t.exposeString("title", { description: "What is asked." }),
    text: t.exposeString("text", { nullable: true, description: "What the tool says about it." }),
    choices: t.exposeStringList("choices", { description: "What can be answered, in the tool's words." }),
    asked: t.exposeStringList("asked", {
      description: "Whom the tool asks, in its words; empty where it does not say.",
    }),
    waiting: t.boolean({ description: "Whether it still waits.", resolve: ({ endedAt }) => endedAt === null }),
    since: t.expose("since", {
      type: "DateTime",
      nullable: true,
      description: "Since when it waits; null where the tool does not say.",
    }),
    openedAt: t.expose("openedAt", { type: "DateTime", description: "Since when it waits, or when we first saw it." }),
    endedAt: t.expose("endedAt", {
      type: "DateTime",
      nullable: true,
      description: "When the tool no longer waited for it; null while it does.",
    }),
    url: t.exposeString("url", { nullable: true, description: "Where people answer it." }),
    externalId: t.exposeString("externalId", { description: "Its id in the tool, unique within its run." }),
    run: t.field({
      type: RunRef,
      nullable: true,
      description: "The run that waits; null while we know of none by its name.",
      resolve: ({ sourceId, runId }, _args, { loaders }) =>
        runId === null ? null : loaders.run.load({ sourceId, id: runId }),
    }),
    job: t.field({
      type: JobRef,
      nullable: true,
      description: "The job whose run waits; null while we know of none by its name.",
      resolve: ({ sourceId, jobId }, _args, { loaders }) =>
        jobId === null ? null : loaders.job.load({ sourceId, id: jobId }),
    }),
    source: t.field({
      type: SourceRef,
      description: "The tool that waits.",
      async resolve({ sourceId }, _args, { loaders }) {
        const source = await loaders.source.load(sourceId);
        if (source) return source;
        throw new ApiError("NOT_FOUND", "Its source was removed while this was being answered.");
      },
    }),
  }),
});

const GateConnectionRef = connectionType("Gate", "gates", GateRef);

const LIST = "gates/opened-desc";

builder.queryFields((t) => ({
  gates: t.field({
    type: GateConnectionRef,
    description: "Decisions that people are waited for, in every tool, those that opened last first.",
    args: {
      filter: t.arg({ type: GateFilterRef, description: "Which gates: those that wait, unless told." }),
      first: t.arg.int({ description: "How many: 50 unless told, at most 500." }),
      after: t.arg.string({ description: "Go on after this cursor." }),
    },
    async resolve(_root, { filter, ...page }, { reader }) {
      const slice = await reader.listGates({ filter: toGateFilter(filter), ...pageOf(LIST, page) });
      return toConnection<GateView>(slice, {
        list: LIST,
        after: page.after,
        keysetOf: ({ openedAt, id }) => ({ at: openedAt, id }),
      });
    },
  }),
}));
