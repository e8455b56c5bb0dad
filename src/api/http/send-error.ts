/** Errors outside of GraphQL in GraphQL's shape: a client has one way to read them, whoever refused it. */
import type { FastifyReply } from "fastify";
import type { ErrorCode } from "../graphql/api-error.ts";

export function sendError(reply: FastifyReply, status: number, code: ErrorCode, message: string): FastifyReply {
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
