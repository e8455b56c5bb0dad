/** The link of the first run: it works once, and leaves a session in a cookie that no script can read. */
import type { FastifyInstance } from "fastify";
import type { ApiDeps } from "../api-deps.ts";
import { SESSION_COOKIE } from "../access/authenticator.ts";

export function addSignIn(app: FastifyInstance, { governance, settings, log }: ApiDeps): void {
  app.get<{ Params: { code: string } }>("/sign-in/:code", async (request, reply) => {
    reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
    const session = await governance.signIn(request.params.code);
    if (!session) {
      return reply
        .code(401)
        .type("text/plain")
        .send("This link has been used, or is too old. The server prints a new one at every start.\n");
    }
    log.info({ principal: session.principal.name }, "signed in by link");
    const attributes = ["Path=/", "HttpOnly", "SameSite=Lax", `Max-Age=${Math.floor(session.validForMs / 1_000)}`];
    if (settings.secureCookies) attributes.push("Secure");
    return reply
      .header("set-cookie", [`${SESSION_COOKIE}=${session.secret}`, ...attributes].join("; "))
      .redirect("/", 303);
  });
}
