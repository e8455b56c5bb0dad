/** A Jenkins for the demo, the contract tests and the load tests, with its queue, its numbers and its quirks. */
import { randomUUID } from "node:crypto";
import { freePort } from "../../src/adapter/free-port.ts";
import type { OpenSandbox, Sandbox, SandboxOptions } from "../../src/adapter/sandbox.ts";
import { Refusal, page } from "./sandbox/answer.ts";
import { exporter } from "./sandbox/beans.ts";
import { createLogin, type Login } from "./sandbox/login.ts";
import { type Quirks, usualQuirks } from "./sandbox/quirks.ts";
import { buildServer, type Server } from "./sandbox/server.ts";
import { controller as openController } from "./sandbox/state.ts";
import { type JenkinsJob, type JenkinsWorld, jenkinsWorld } from "./sandbox/world.ts";

export interface JenkinsSandboxOptions extends SandboxOptions {
  readonly version?: string;
  /** How `config` logs in. */
  readonly auth?: "token" | "password" | "none";
  /** The path it lives under, such as `/jenkins`. */
  readonly prefix?: string;
  /** Of the jobs it begins with; none makes them blind. */
  readonly parameters?: JenkinsJob["parameters"];
  /** More of `spec.config`. */
  readonly settings?: Readonly<Record<string, string | boolean | readonly string[]>>;
}

export interface JenkinsSandbox extends Sandbox {
  readonly world: JenkinsWorld;
  /** May be turned while it runs. */
  readonly quirks: Quirks;
  rotateToken(): string;
  expireSessions(): void;
  quietDown(quiet: boolean): void;
  /** What its memory held is gone: the items that left the queue, and the sessions. */
  restart(): void;
}

const USUAL_VERSION = "2.541.1";

export const openJenkinsSandbox = async (options: JenkinsSandboxOptions = {}): Promise<JenkinsSandbox> => {
  const { auth = "token", prefix = "", version = USUAL_VERSION } = options;
  const controller = openController(options.now ?? (() => new Date()));
  const quirks = usualQuirks(version);
  const login = createLogin();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${prefix}`;
  const rootUrl = () => quirks.rootUrl ?? url;
  const server: Server = {
    controller,
    exporter: exporter(controller, rootUrl),
    quirks,
    login,
    asksWho: auth !== "none",
    prefix,
    session: randomUUID().slice(0, 8),
    rootUrl,
    urlOf: (job) => String(server.exporter.job(job).fields["url"]?.()),
    need(right) {
      if (quirks.forbidden.has(right))
        throw new Refusal(page(403, "Error 403 Forbidden", `tutti is missing the ${right} permission`));
    },
    atLeast: (major, minor) => isAtLeast(quirks.version, major, minor),
  };
  const world = jenkinsWorld(controller);
  const given = options.parameters === undefined ? {} : { parameters: options.parameters };
  for (let at = 0; at < (options.jobs ?? 0); at += 1)
    world.addJob({ id: `job_${String(at).padStart(3, "0")}`, ...given });

  const app = buildServer(server);
  await app.listen({ host: "127.0.0.1", port });
  const { config, secrets } = credentials(auth, login, port);
  return {
    url,
    config: { url, auth: config, timezone: "UTC", ...options.settings },
    secrets,
    world,
    quirks,
    rotateToken() {
      login.rotate();
      return login.token;
    },
    expireSessions: () => login.expireSessions(),
    quietDown(quiet) {
      controller.quietingDown = quiet;
    },
    restart() {
      login.expireSessions();
      server.session = randomUUID().slice(0, 8);
      for (const item of controller.items.values()) if (item.leftAt !== null) controller.items.delete(item.id);
    },
    close: () => app.close(),
  };
};

openJenkinsSandbox satisfies OpenSandbox;

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/** Named by the port, so that the secrets of several sandboxes fit into one environment. */
function credentials(auth: string, login: Login, port: number) {
  const [token, password] = [`JENKINS_${port}_TOKEN`, `JENKINS_${port}_PASSWORD`];
  const { username } = login;
  if (auth === "none") return { config: { kind: "none" }, secrets: {} };
  return auth === "password"
    ? { config: { kind: "password", username, password: `env:${password}` }, secrets: { [password]: login.password } }
    : { config: { kind: "token", username, token: `env:${token}` }, secrets: { [token]: login.token } };
}
