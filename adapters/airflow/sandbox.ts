/** An Airflow for the demo, the contract tests and the load tests: 2.x or 3.x, with their quirks. */
import { freePort } from "../../src/adapter/free-port.ts";
import type { OpenSandbox, Sandbox, SandboxOptions } from "../../src/adapter/sandbox.ts";
import type { Api } from "./dialect.ts";
import { createLogin, type Login } from "./sandbox/login.ts";
import { type Quirks, usualQuirks } from "./sandbox/quirks.ts";
import { buildServer, type Exchange, type Server, speak } from "./sandbox/server.ts";
import { type AirflowWorld, airflowWorld, database } from "./sandbox/world.ts";

export interface AirflowSandboxOptions extends SandboxOptions {
  readonly api?: Api;
  /** `2.10.5`, `3.2.1`, and whatever vendors append. */
  readonly version?: string;
  /** How `config` logs in. */
  readonly auth?: "password" | "bearer" | "none";
  /** The path it lives under, such as `/airflow`. */
  readonly prefix?: string;
  readonly onExchange?: (exchange: Exchange) => void;
}

export interface AirflowSandbox extends Sandbox {
  readonly world: AirflowWorld;
  readonly version: string;
  /** May be turned while it runs. */
  readonly quirks: Quirks;
  /** The server's secret changes, and all tokens with it. */
  rotateTokens(): void;
  /** 2.x becomes 3.x, with the same database. */
  upgrade(api: Api, version: string): void;
}

const USUAL_VERSION: Readonly<Record<Api, string>> = { v1: "2.10.5", v2: "3.2.1" };

export const openAirflowSandbox = async (options: AirflowSandboxOptions = {}): Promise<AirflowSandbox> => {
  const { api = "v2", auth = "password", prefix = "" } = options;
  const version = options.version ?? USUAL_VERSION[api];
  const db = database(options.now ?? (() => new Date()));
  const quirks = usualQuirks(api, version);
  const login = createLogin();
  const server: Server = {
    db,
    quirks,
    login,
    asksWho: auth !== "none",
    version,
    tongue: speak(api, version),
    serverNow: () => db.now() + quirks.skewMs,
    run: (run) => server.tongue.run(run, db.dags.get(run.dagId)),
  };
  const world = airflowWorld(db);
  addJobs(world, options.jobs ?? 0);

  const app = buildServer(server, prefix, options.onExchange);
  const port = await freePort();
  await app.listen({ host: "127.0.0.1", port });
  const url = `http://127.0.0.1:${port}${prefix}`;
  return {
    url,
    ...credentials(auth, login, url, port),
    world,
    quirks,
    get version() {
      return server.version;
    },
    rotateTokens: () => login.rotate(),
    upgrade(nextApi, nextVersion) {
      server.version = nextVersion;
      server.tongue = speak(nextApi, nextVersion);
    },
    close: () => app.close(),
  };
};

openAirflowSandbox satisfies OpenSandbox;

function addJobs(world: AirflowWorld, count: number): void {
  for (let at = 0; at < count; at++) world.addJob({ id: `job_${String(at).padStart(3, "0")}`, schedule: "0 2 * * *" });
}

/** Named by the port, so that the secrets of several sandboxes fit into one environment. */
function credentials(auth: string, login: Login, url: string, port: number): Pick<Sandbox, "config" | "secrets"> {
  const [password, token] = [`AIRFLOW_${port}_PASSWORD`, `AIRFLOW_${port}_TOKEN`];
  if (auth === "none") return { config: { url, auth: { kind: "none" } }, secrets: {} };
  if (auth === "bearer") {
    return {
      config: { url, auth: { kind: "bearer", token: `env:${token}` } },
      secrets: { [token]: login.standingToken },
    };
  }
  return {
    config: { url, auth: { kind: "password", username: login.username, password: `env:${password}` } },
    secrets: { [password]: login.password },
  };
}
