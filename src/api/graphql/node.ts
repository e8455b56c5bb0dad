/** Anything with an id, asked for by it alone. */
import type { ActionView, GateView, JobView, RunView, SourceView } from "../../model/view.ts";
import { builder, NodeRef } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { parseNodeId } from "./node-id.ts";

type NodeView = SourceView | JobView | RunView | GateView | ActionView;

builder.interfaceType(NodeRef, {
  description: "Anything that can be asked for by its id alone.",
  fields: (t) => ({ id: t.id({ description: "Its global id." }) }),
  resolveType: typeOf,
});

function typeOf(node: NodeView): "Source" | "Job" | "Run" | "Gate" | "Action" {
  if ("adapter" in node) return "Source";
  if ("principal" in node) return "Action";
  if ("choices" in node) return "Gate";
  return "occurredAt" in node ? "Run" : "Job";
}

async function loadNode(id: string, { loaders }: ApiContext): Promise<NodeView | null> {
  const node = parseNodeId(id);
  if (node.type === "Source") return loaders.source.load(node.id);
  if (node.type === "Action") return loaders.action.load(node);
  if (node.type === "Gate") return loaders.gate.load(node);
  return node.type === "Job" ? loaders.job.load(node) : loaders.run.load(node);
}

builder.queryFields((t) => ({
  node: t.field({
    type: NodeRef,
    nullable: true,
    description: "Whatever has this id, or null when it is there no more.",
    args: { id: t.arg.id({ required: true, description: "The field `id` of anything." }) },
    resolve: (_root, { id }, context) => loadNode(id, context),
  }),
}));
