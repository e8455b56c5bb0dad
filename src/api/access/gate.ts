/** Stands before every route: the name we are called by, who asks, and whether this route is for them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../governance/principal.ts";
import { sendError } from "../http/send-error.ts";
import { type Authenticator, proofOf } from "./authenticator.ts";
import { isOurHost, isSameOrigin } from "./host-guard.ts";
import { isAllowed, ruleOf } from "./route-rules.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set on every route that is not for anyone. */
    principal: Principal | null;
  }
}

export interface GateOptions {
  readonly authenticator: Authenticator;
  readonly hosts: readonly string[] | null;
}

export function addGate(app: FastifyInstance, { authenticator, hosts }: GateOptions): void {
  app.decorateRequest("principal", null);

  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) {
      if (!ruleOf(one, url)) throw new Error(`${one} ${url} has no line in ROUTE_RULES, so nobody could use it`);
    }
  });

  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-content-type-options", "nosniff");
    if (!isOurHost(hosts, request.headers)) {
      return sendError(
        reply,
        421,
        "NOT_ALLOWED",
        "This server does not go by that name; call it by an address it listens on.",
      );
    }
    // No route at all asks for a principal too, so that strangers learn nothing about what is here.
    const rule = ruleOf(request.method, request.routeOptions.url ?? "") ?? "read";
    if (rule === "anyone") return undefined;
    request.principal = await principalOf(request, authenticator);
    return isAllowed(rule, request.principal) ? undefined : refuse(request, reply);
  });
}

async function principalOf({ headers }: FastifyRequest, authenticator: Authenticator): Promise<Principal | null> {
  const proof = proofOf(headers);
  if (!proof || (proof.by === "cookie" && !isSameOrigin(headers))) return null;
  return authenticator.principalOf(proof.secret);
}

function refuse(request: FastifyRequest, reply: FastifyReply) {
  if (request.principal) return sendError(reply, 403, "NOT_ALLOWED", `${request.principal.name} may not do this.`);
  reply.header("www-authenticate", 'Bearer realm="tutti"');
  return sendError(
    reply,
    401,
    "NOT_ALLOWED",
    "Who is asking? Send `Authorization: Bearer <token>`, or open the sign-in link that was printed at the start.",
  );
}
