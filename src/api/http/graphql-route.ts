/**
 * GraphQL over HTTP, by the letter of its specification: POST with JSON, GET for queries alone, and a status that depends
 * on the media type the client can read.
 *
 *                              application/graphql-response+json      application/json
 *   answered (errors or not)   200                                    200
 *   the question was refused   400                                    200
 *   no question at all         400                                    400
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type DefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse as parseQuery,
} from "graphql";
import { z } from "zod";
import type { Metrics } from "../../telemetry/metrics.ts";
import type { Answer, Ask, Question } from "../graphql/engine.ts";
import { ApiContext, type ContextParts } from "../graphql/context.ts";
import { LIMITS } from "../graphql/limits.ts";
import type { EventStreams } from "../subscriptions/event-streams.ts";
import { sendError } from "./send-error.ts";

const RESPONSE_JSON = "application/graphql-response+json";

export interface GraphQLRouteOptions extends ContextParts {
  readonly ask: Ask;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
}

export function addGraphQLRoute(app: FastifyInstance, options: GraphQLRouteOptions): void {
  app.post("/graphql", (request, reply) => answer(request, reply, request.body, options));
  app.get("/graphql", (request, reply) => {
    const question = questionOfUrl(request.query as Record<string, unknown>);
    if (question === null)
      return sendError(reply, 400, "INVALID", "`variables` and `extensions` must be JSON objects.");
    if (!asksOnly(question.query)) {
      reply.header("allow", "POST");
      return sendError(reply, 405, "INVALID", "GET asks queries only; send anything else by POST.");
    }
    return answer(request, reply, question, options);
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, body: unknown, options: GraphQLRouteOptions) {
  const { accept = "*/*" } = request.headers;
  const question = readQuestion(body);
  if (typeof question === "string") return sendError(reply, 400, "INVALID", question);
  if (accept.includes("text/event-stream")) return options.streams.open(request, reply, question);
  const mediaType = mediaTypeFor(accept);
  if (!mediaType) return sendError(reply, 406, "INVALID", `Answers come as ${RESPONSE_JSON} or application/json.`);

  // The gate let nobody through without one.
  const context = new ApiContext(request.principal!, options, "question");
  const result = await options.ask(question, context);
  options.metrics.graphqlRequests.inc({ operation: "other", outcome: result.errors ? "error" : "ok" });
  return reply
    .code(isRefused(result) && mediaType === RESPONSE_JSON ? 400 : 200)
    .header("content-type", `${mediaType}; charset=utf-8`)
    .send(JSON.stringify(result));
}

function isRefused(answer: Answer): boolean {
  return answer.data === undefined;
}

function mediaTypeFor(accept: string): string | null {
  if (accept.includes(RESPONSE_JSON)) return RESPONSE_JSON;
  // Whoever takes anything is most likely an old client that looks at nothing but 200.
  return /application\/json|application\/\*|\*\/\*/.test(accept) ? "application/json" : null;
}

const questionShape = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

/** The question, or what is wrong with it. */
function readQuestion(body: unknown): Question | string {
  if (Array.isArray(body)) return "One question at a time: batches are not taken.";
  const { success, data, error } = questionShape.safeParse(body);
  if (!success) {
    const [issue] = error.issues;
    return `${issue?.path.join(".") || "body"}: ${issue?.message ?? "not a GraphQL request"}`;
  }
  return { query: data.query, variables: data.variables ?? undefined, operationName: data.operationName ?? undefined };
}

function questionOfUrl({ query, variables, operationName, extensions }: Record<string, unknown>) {
  try {
    return { query, operationName, variables: parse(variables), extensions: parse(extensions) } as { query: unknown };
  } catch {
    return null;
  }
}

function parse(text: unknown): unknown {
  return typeof text === "string" && text !== "" ? JSON.parse(text) : undefined;
}

/** A text that cannot be parsed asks for nothing; the engine says what is wrong with it. */
function asksOnly(query: unknown): boolean {
  if (typeof query !== "string") return true;
  try {
    const operations = parseQuery(query, { maxTokens: LIMITS.tokens }).definitions.filter(isOperation);
    return operations.every(({ operation }) => operation !== OperationTypeNode.MUTATION);
  } catch {
    return true;
  }
}

function isOperation(node: DefinitionNode): node is OperationDefinitionNode {
  return node.kind === Kind.OPERATION_DEFINITION;
}
