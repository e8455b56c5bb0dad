/** A question that comes over a stream, held to the same limits as one over HTTP before anything is executed. */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import type { Logger } from "../../telemetry/log.ts";
import { toPublicError } from "../graphql/api-error.ts";
import type { ApiContext } from "../graphql/context.ts";
import type { Question } from "../graphql/engine.ts";
import { LIMITS, refuseCost, refuseShape } from "../graphql/limits.ts";
import { schema } from "../graphql/schema.ts";

export interface StreamRules {
  readonly introspection: boolean;
  readonly log: Logger;
}

/** What to execute, or why not. */
export function prepareQuestion(
  { query, variables, operationName }: Question,
  context: ApiContext,
  rules: StreamRules,
): ExecutionArgs | readonly GraphQLError[] {
  try {
    const document: DocumentNode = parse(query, { maxTokens: LIMITS.tokens });
    refuseShape(document);
    const errors = validate(schema, document, rules.introspection ? specifiedRules : WITHOUT_INTROSPECTION);
    if (errors.length > 0) return errors.map((error) => toPublic(error, rules.log));
    refuseCost(schema, document, variables ?? {});
    return { schema, document, contextValue: context, variableValues: variables, operationName };
  } catch (error) {
    return [toPublic(error, rules.log)];
  }
}

const WITHOUT_INTROSPECTION = [...specifiedRules, NoSchemaIntrospectionCustomRule];

export function toPublicResult(result: ExecutionResult, { log }: StreamRules): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => toPublic(error, log)) };
}

function toPublic(error: unknown, log: Logger): GraphQLError {
  return toPublicError(error, (cause) => log.error({ err: cause }, "a question failed"));
}

export function isRefusal(prepared: ExecutionArgs | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}
