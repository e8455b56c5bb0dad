/** The API over a fake reader and three known tokens, with a hand on its changes. */
import type { FastifyInstance } from "fastify";
import { type ApiDeps, type ApiSettings, type ChangeListener, DEFAULT_API_SETTINGS } from "../../src/api/api-deps.ts";
import { buildApi } from "../../src/api/build-api.ts";
import type { Principal } from "../../src/governance/principal.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { createMetrics, type Metrics } from "../../src/telemetry/metrics.ts";
import { idleEngine } from "./idle-engine.ts";
import { type FakeReader, fakeReader, type FakeWorld } from "./fake-reader.ts";

export const ADMIN = "tutti_admin";

/** Loose on purpose: a test says what it expects to find. */
export interface TestAnswer {
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly path?: string };
  }[];
}

export interface TestApi {
  readonly app: FastifyInstance;
  readonly reader: FakeReader;
  readonly metrics: Metrics;
  readonly changes: ChangeListener;
  /** Tokens and sessions that are good, and whose they are. */
  readonly holders: Map<string, Principal>;
  readonly codes: Set<string>;
  ask(query: string, variables?: object): Promise<TestAnswer>;
  /** Listens on a free port and answers where. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  readonly world?: Partial<FakeWorld>;
  readonly settings?: Partial<ApiSettings>;
  readonly deps?: Partial<ApiDeps>;
}

export async function testApi({ world, settings, deps }: TestApiOptions = {}): Promise<TestApi> {
  const reader = fakeReader(world);
  const metrics = createMetrics();
  const holders = new Map<string, Principal>([[ADMIN, { name: "ada", role: "admin" }]]);
  const codes = new Set(["good-code"]);
  let changes: ChangeListener | null = null;
  const app = await buildApi({
    reader,
    examine: () => Promise.resolve([]),
    ...idleEngine,
    governance: {
      authenticate: (secret) => Promise.resolve(holders.get(secret) ?? null),
      signIn: (code) => {
        if (!codes.delete(code)) return Promise.resolve(null);
        holders.set("session", { name: "ada", role: "admin" });
        return Promise.resolve({ secret: "session", principal: { name: "ada", role: "admin" }, validForMs: 60_000 });
      },
    },
    changes: (listener) => {
      changes = listener;
      return { start: () => Promise.resolve(), stop: () => Promise.resolve() };
    },
    readiness: {},
    metrics,
    log: silentLog,
    clock: systemClock,
    settings: { ...DEFAULT_API_SETTINGS, ...settings },
    ...deps,
  });
  await app.ready();

  return {
    app,
    reader,
    metrics,
    changes: changes!,
    holders,
    codes,
    async ask(query, variables) {
      const reply = await app.inject({
        method: "POST",
        url: "/graphql",
        headers: { authorization: `Bearer ${ADMIN}`, host: "127.0.0.1" },
        payload: { query, variables },
      });
      return reply.json();
    },
    async listen() {
      const address = await app.listen({ host: "127.0.0.1", port: await freePort() });
      return address;
    },
    close: () => app.close(),
  };
}

let next = 21_000 + (process.pid % 400) * 20;

/** Below the range the system gives to outgoing connections. */
async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  for (;;) {
    const port = next++;
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
