/** The web server: who may come in, what every answer carries, and which page a path is. */
import { gzipSync } from "node:zlib";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { actOnBuild, actOnJob, cancelItem } from "./act-routes.ts";
import { type Answer, empty, json, notFound, page, Refusal } from "./answer.ts";
import type { Exporter } from "./beans.ts";
import type { Login } from "./login.ts";
import { advance } from "./queue.ts";
import type { Quirks, Right } from "./quirks.ts";
import { exported, readBuildPage, readJobPage } from "./read-routes.ts";
import { type Controller, isContainer, type JobState } from "./state.ts";
import { Bean } from "./tree.ts";

export interface Server {
  readonly controller: Controller;
  readonly exporter: Exporter;
  readonly quirks: Quirks;
  readonly login: Login;
  readonly asksWho: boolean;
  readonly prefix: string;
  /** Another one after each restart. */
  session: string;
  need(right: Right): void;
  readonly atLeast: (major: number, minor: number) => boolean;
  readonly rootUrl: () => string;
  urlOf(job: JobState): string;
}

/** A request, as far as the pages look at it. */
export interface Ask {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const REMEMBERED_REQUESTS = 20_000;
const GZIP_FROM_BYTES = 1_024;

export function buildServer(server: Server): FastifyInstance {
  const app = fastify({ logger: false, routerOptions: { maxParamLength: 10_000 }, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.all("/*", (request, reply) => {
    const { requests } = server.controller;
    requests.push(`${request.method} ${request.url}`);
    if (requests.length >= 2 * REMEMBERED_REQUESTS) requests.splice(0, REMEMBERED_REQUESTS);
    const [path = "", query = ""] = request.url.split("?");
    const ask: Ask = {
      method: request.method,
      segments: path.slice(server.prefix.length).split("/").filter(Boolean).map(decodeURIComponent),
      query: new URLSearchParams(query),
      form: new URLSearchParams(typeof request.body === "string" ? request.body : ""),
      headers: request.headers,
    };
    return send(
      server,
      reply,
      path.startsWith(`${server.prefix}/`) ? answer(server, ask) : page(404, "Not Found"),
      ask,
    );
  });
  return app;
}

function send(
  { controller, quirks, session }: Server,
  reply: FastifyReply,
  { status, headers, body }: Answer,
  ask: Ask,
) {
  const zipped = body.length >= GZIP_FROM_BYTES && /\bgzip\b/.test(String(ask.headers["accept-encoding"]));
  reply.status(status).headers({
    date: new Date(controller.now() + quirks.skewMs).toUTCString(),
    "x-jenkins": quirks.version,
    "x-jenkins-session": session,
    "x-content-type-options": "nosniff",
    ...headers,
    ...(zipped ? { "content-encoding": "gzip" } : {}),
  });
  return reply.send(zipped ? gzipSync(body) : body);
}

function answer(server: Server, ask: Ask): Answer {
  try {
    if (server.quirks.starting)
      return page(503, "Starting Jenkins", "Please wait while Jenkins is getting ready to work ...");
    if (server.quirks.loginPage) return page(200, "Sign in to your account");
    const who = admit(server, ask);
    if (ask.method === "POST" && who !== "token") checkCrumb(server, ask);
    advance(server.controller);
    return ask.method === "GET" ? read(server, ask) : act(server, ask);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function admit({ login, asksWho }: Server, { headers }: Ask): string {
  const who = login.who(headers["authorization"] as string | undefined);
  if (who === "wrong") throw new Refusal(page(401, "Unauthorized", "Invalid password/token for user: tutti"));
  if (who === "nobody" && asksWho) throw new Refusal(page(403, "Forbidden", "Authentication required"));
  return who;
}

function checkCrumb({ login }: Server, { headers }: Ask): void {
  const [cookie, crumb] = [headers["cookie"], headers["jenkins-crumb"]].map((header) => header as string | undefined);
  if (login.isProtected(cookie, crumb)) return;
  throw new Refusal(page(403, "Error 403 No valid crumb was included in the request"));
}

function read(server: Server, ask: Ask): Answer {
  const { controller, exporter, login, asksWho } = server;
  const path = ask.segments.join("/");
  if (path === "api/json") return exported(server, ask, exporter.root());
  if (path === "queue/api/json") return exported(server, ask, exporter.queue());
  if (path === "computer/api/json") return exported(server, ask, exporter.computers());
  if (path === "whoAmI/api/json") {
    const name = asksWho ? login.username : "anonymous";
    const who = {
      anonymous: () => !asksWho,
      authenticated: () => true,
      authorities: () => ["authenticated"],
      name: () => name,
    };
    return exported(server, ask, new Bean("hudson.security.WhoAmI", who));
  }
  if (path === "crumbIssuer/api/json") return giveCrumb(server);
  const item = /^queue\/item\/(\d+)\/api\/json$/.exec(path)?.[1];
  if (item !== undefined) {
    const found = controller.items.get(Number(item));
    if (!found) throw notFound();
    return exported(server, ask, exporter.item(found));
  }
  const { job, rest } = locate(server, ask.segments);
  if (ACTIONS.includes(rest.at(-1) ?? "")) return empty(405, { allow: "POST" });
  if (!/^\d+$/.test(rest[0] ?? "")) return readJobPage(server, ask, job, rest);
  const build = job.builds.get(Number(rest[0]));
  if (!build || (server.quirks.hidesNewBuilds && build.building)) throw notFound();
  return readBuildPage(server, ask, job, build, rest.slice(1));
}

const ACTIONS = ["build", "buildWithParameters", "disable", "enable", "stop", "term", "kill"];

function act(server: Server, ask: Ask): Answer {
  if (ask.method !== "POST") throw new Refusal(empty(405, { allow: "GET, POST" }));
  if (ask.segments.join("/") === "queue/cancelItem") return cancelItem(server, ask);
  const { job, rest } = locate(server, ask.segments);
  if (isContainer(job.kind)) throw notFound();
  const [first = "", second = ""] = rest;
  if (!/^\d+$/.test(first)) return actOnJob(server, ask, job, first);
  const build = job.builds.get(Number(first));
  if (!build) throw notFound();
  return actOnBuild(server, job, build, second);
}

function giveCrumb({ login }: Server): Answer {
  const { cookie, crumb } = login.openSession();
  const body = { _class: "hudson.security.csrf.DefaultCrumbIssuer", crumb, crumbRequestField: "Jenkins-Crumb" };
  const { headers, ...rest } = json(body);
  return { ...rest, headers: { ...headers, "set-cookie": cookie } };
}

function locate(
  { controller, quirks }: Server,
  segments: readonly string[],
): { readonly job: JobState; readonly rest: readonly string[] } {
  const names: string[] = [];
  let at = 0;
  while (segments[at] === "job" && segments[at + 1] !== undefined) {
    names.push(segments[at + 1] ?? "");
    at += 2;
  }
  const job = controller.jobs.get(names.join("/"));
  // Without the right to see it, it is not there.
  if (!job || quirks.forbidden.has("Job/Read")) throw notFound();
  return { job, rest: segments.slice(at) };
}
