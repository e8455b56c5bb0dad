/**
 * mercurius, as far as we use it: parsing and validation that are remembered, and compiled queries. Routes, subscriptions
 * and the shape of errors are ours, for reasons told in docs/design/graphql.md.
 */
import type { FastifyInstance } from "fastify";
import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
} from "graphql";
import mercurius from "mercurius";
import type { Logger } from "../../telemetry/log.ts";
import { ApiError, toPublicError } from "./api-error.ts";
import type { ApiContext } from "./context.ts";
import { LIMITS, refuseCost, refuseShape } from "./limits.ts";
import { schema } from "./schema.ts";

export interface EngineOptions {
  readonly jit: boolean;
  readonly introspection: boolean;
  readonly log: Logger;
}

/** What stands in an answer. Without `data` nothing was executed: the question itself was refused. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLError[];
}

export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

export type Ask = (question: Question, context: ApiContext) => Promise<Answer>;

export async function addEngine(app: FastifyInstance, { jit, introspection, log }: EngineOptions): Promise<Ask> {
  const toPublic = (error: unknown) => toPublicError(error, (cause) => log.error({ err: cause }, "a question failed"));

  await app.register(mercurius, {
    schema,
    routes: false,
    // Compiled when a question is asked for the second time; most of what people try is asked once.
    ...(jit && { jit: 1 }),
    graphql: { parseOptions: { maxTokens: LIMITS.tokens } },
    validationRules: introspection ? [] : [NoSchemaIntrospectionCustomRule],
    errorFormatter: ({ data, errors }) => ({
      statusCode: 200,
      response: { data: data as never, errors: errors.map(toPublic) },
    }),
  });
  app.graphql.addHook("preValidation", async (_schema, document) => refuseShape(document));
  app.graphql.addHook("preExecution", async (schema, document, _context, variables) => {
    refuseSubscription(document);
    if (jit) checkOnceCompiled(schema, document, variables ?? {});
    refuseCost(schema, document, variables ?? {});
  });

  return async ({ query, variables, operationName }, context) => {
    try {
      return (await app.graphql(query, context as never, variables, operationName)) as Answer;
    } catch (error) {
      return { errors: refusals(error).map(toPublic) };
    }
  };
}

/** mercurius wraps what parsing and validation found; our own hooks throw it bare. */
function refusals(error: unknown): readonly unknown[] {
  const found = typeof error === "object" && error !== null && "errors" in error ? error.errors : null;
  return Array.isArray(found) ? (found as unknown[]) : [error];
}

const askedTimes = new WeakMap<DocumentNode, number>();

/** mercurius leaves the variables to graphql-jit in the one asking that compiles, and that names the wrong one of them. */
function checkOnceCompiled(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
) {
  const times = (askedTimes.get(document) ?? 0) + 1;
  askedTimes.set(document, times);
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  // The second asking compiles, and comes here as the first when that one's variables were refused before.
  if (times > 2 || definitions.length === 0) return;
  const { errors } = getVariableValues(schema, definitions, variables);
  if (errors) throw new AggregateError(errors);
}

function refuseSubscription(document: DocumentNode): void {
  if (getOperationAST(document)?.operation !== OperationTypeNode.SUBSCRIPTION) return;
  throw new ApiError("INVALID", "A subscription needs a WebSocket, or `accept: text/event-stream`.", "query");
}
