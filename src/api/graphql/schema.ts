/** The whole schema: each file below adds its types and its fields of Query to the builder. */
import type { GraphQLSchema } from "graphql";
import { builder } from "./builder.ts";
// Importing a file is what adds its types: each has a sentence of its own in the schema, and nothing to hand over.
// oxlint-disable import/no-unassigned-import
import "./action.ts";
import "./check.ts";
import "./dependency.ts";
import "./fleet.ts";
import "./gate.ts";
import "./job.ts";
import "./mutation.ts";
import "./node.ts";
import "./principal.ts";
import "./run.ts";
import "./scalars.ts";
import "./source.ts";
import "./subscription.ts";

builder.mutationType({ description: "What can be asked of the tools. Every effect has somebody who asked for it." });
builder.queryType({ description: "What ran, what failed, and how sure we are." });

export const schema: GraphQLSchema = withPlainReads(builder.toSchema());

/**
 * Lets go of the resolvers that only read the property of the same name. Without them graphql-js reads it by itself and
 * the compiled queries hold a plain property access in place of a call.
 */
function withPlainReads(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!("getFields" in type)) continue;
    for (const field of Object.values(type.getFields())) {
      if ("resolve" in field && field.extensions["pothosExposedField"] === field.name) delete field.resolve;
    }
  }
  return schema;
}
