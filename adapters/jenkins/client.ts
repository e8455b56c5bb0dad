/** One Jenkins over HTTP: who we are there, what it says of itself in every answer, and how an action is sent. */
import type { Host } from "../../src/adapter/contract.ts";
import type { Http, HttpReply, HttpRequest } from "../../src/adapter/http/http.ts";
import { isFault, onFault, RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import { type JenkinsConfig, rootOf, userOf } from "./config.ts";
import { cookieOf, type Crumb, type Crumbs, keepCrumbs } from "./crumbs.ts";
import { crumbBody } from "./rows.ts";

export interface Jenkins {
  readonly root: string;
  readonly config: JenkinsConfig;
  readonly user: string | null;
  now(): Date;
  /** `<path>/api/json`, cut to the tree. */
  read(path: string, tree: string, signal: AbortSignal): Promise<HttpReply>;
  /** Any other page: JSON of a plugin, a log, a file. */
  get(path: string, request: HttpRequest): Promise<HttpReply>;
  /** Sends an action. Redirects are answers here: nearly every action of Jenkins ends with one. */
  act(
    path: string,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
    accept?: readonly number[],
  ): Promise<HttpReply>;
  /** Another one after a restart of the controller: what only its memory held is gone. */
  session(): string | null;
  close(): void;
}

/** One controller is one process, and renders its API on the threads that people use. */
const CONCURRENCY = 4;
const TIMEOUT_MS = 60_000;
/** Forty thousand branches are ten megabytes. */
const MOST_BYTES = 64 * 1024 * 1024;
/** By its title, which is all that is kept of a page; a proxy that finds nobody behind it has another one. */
const STARTING_PAGE = /\b(?:jenkins|hudson)\b|getting ready/i;
const STARTING_RETRY_MS = 15_000;
const REDIRECTS = [302, 303];

export function openJenkins(config: JenkinsConfig, host: Host): Jenkins {
  const ended = new AbortController();
  const crumbs: Crumbs | null = config.auth.kind === "token" ? null : keepCrumbs(fetchCrumb);
  let session: string | null = null;

  const http: Http = host.http({
    baseUrl: rootOf(config),
    concurrency: CONCURRENCY,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MOST_BYTES,
    authorize: { headers: async () => ({ ...(await identity(config, host)), ...crumbs?.headers() }) },
    ...(config.ca === undefined ? {} : { ca: config.ca }),
  });

  async function fetchCrumb(): Promise<Crumb> {
    const reply = await http
      .get("/crumbIssuer/api/json", { signal: ended.signal })
      .catch(onFault("missing", () => null));
    // No issuer, no protection.
    if (reply === null) return { headers: {} };
    const { crumb, crumbRequestField } = readBody(crumbBody, reply, "a crumb");
    const cookie = cookieOf(reply.headers["set-cookie"]);
    return { headers: { [crumbRequestField.toLowerCase()]: crumb, ...(cookie === null ? {} : { cookie }) } };
  }

  async function get(path: string, request: HttpRequest): Promise<HttpReply> {
    const reply = await http.get(path, request).catch(nameTheStart);
    session = reply.headers["x-jenkins-session"] ?? session;
    return reply;
  }

  async function act(
    path: string,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
    accept: readonly number[] = [],
  ) {
    const send = () =>
      http
        .post(path, new URLSearchParams(form), { signal, accept: [...REDIRECTS, ...accept], as: "text" })
        .catch(nameTheStart);
    await crumbs?.ensure(signal);
    const sent = crumbs?.headers();
    return send().catch(async (error: unknown) => {
      // Refused before it was looked at, so it may be sent again.
      if (!crumbs || !sent || !isStaleCrumb(error)) throw error;
      crumbs.refuse(sent);
      await crumbs.ensure(signal);
      return send();
    });
  }

  return {
    root: rootOf(config),
    config,
    user: userOf(config),
    now: () => host.now(),
    read: (path, tree, signal) => get(`${path}/api/json`, { signal, query: { tree } }),
    get,
    act,
    session: () => session,
    close() {
      ended.abort();
      http.close();
    },
  };
}

/** Sent with the first request: Jenkins does not always ask who comes, and shows a stranger less without a word. */
async function identity({ auth }: JenkinsConfig, host: Host): Promise<Record<string, string>> {
  if (auth.kind === "none") return {};
  const secret = await host.secret(auth.kind === "token" ? auth.token : auth.password);
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${secret}`, "utf8").toString("base64")}` };
}

function isStaleCrumb(error: unknown): boolean {
  return error instanceof RemoteError && error.status === 403 && /crumb/i.test(error.message);
}

/** A controller that starts answers 503 with a page for minutes: no outage, and nothing to hurry for. */
function nameTheStart(error: unknown): never {
  if (isFault(error, "busy") && error.status === 503 && STARTING_PAGE.test(error.excerpt ?? ""))
    throw new RemoteError(`Jenkins is starting: ${error.message}`, {
      fault: "busy",
      passing: true,
      status: 503,
      retryAfterMs: error.retryAfterMs ?? STARTING_RETRY_MS,
      uncertain: false,
      cause: error,
    });
  throw error;
}
