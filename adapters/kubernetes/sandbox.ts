/** A cluster for the demo, the contract tests and the load tests: one that kubectl takes for a real one. */
import { freePort } from "../../src/adapter/free-port.ts";
import type { OpenSandbox, Sandbox, SandboxOptions } from "../../src/adapter/sandbox.ts";
import { type Cluster, createLogs } from "./sandbox/cluster.ts";
import { type Quirks, usualQuirks } from "./sandbox/quirks.ts";
import type { Server } from "./sandbox/gatekeeper.ts";
import { buildServer, type Exchange } from "./sandbox/server.ts";
import { createStore } from "./sandbox/store.ts";
import { type KubernetesWorld, kubernetesWorld } from "./sandbox/world.ts";

export interface KubernetesSandboxOptions extends SandboxOptions {
  /** `v1.33.1`. */
  readonly version?: string;
  /** PEM; it speaks plain HTTP without. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly onExchange?: (exchange: Exchange) => void;
}

export interface KubernetesSandbox extends Sandbox {
  readonly world: KubernetesWorld;
  readonly quirks: Quirks;
  readonly token: string;
  readonly cluster: Cluster;
  /** Every right that was made use of, as `list jobs.batch`. */
  readonly used: ReadonlySet<string>;
  /** How many watches are open. */
  watches(): number;
  /** Every open watch gets a bookmark at once. */
  bookmark(): void;
  /** Every open watch ends: politely, as after its time, or as a cable that is pulled. */
  endWatches(how: "closed" | "cut"): void;
  rotateToken(): string;
}

/** Short pages, so that a few hundred objects are several of them. */
const PAGE_SIZE = 90;

export const openKubernetesSandbox = async (options: KubernetesSandboxOptions = {}): Promise<KubernetesSandbox> => {
  const now = options.now ?? (() => new Date());
  const quirks = usualQuirks();
  const cluster: Cluster = {
    store: createStore(),
    quirks,
    version: options.version ?? "v1.33.1",
    now: () => now().getTime(),
    logs: createLogs(),
    births: new Map(),
  };
  const server: Server = { cluster, requests: [], used: new Set(), watches: new Set(), token: newToken() };
  const world = kubernetesWorld(cluster, server.requests);
  world.addNamespace("default");
  for (let at = 0; at < (options.jobs ?? 0); at++) {
    world.addJob({ id: `default/job-${String(at).padStart(3, "0")}`, schedule: "0 2 * * *" });
  }

  const app = buildServer(server, { tls: options.tls, onExchange: options.onExchange });
  const port = await freePort();
  await app.listen({ host: "127.0.0.1", port });
  const url = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;
  // Named by the port, so that the secrets of several sandboxes fit into one environment.
  const name = `KUBERNETES_${port}_TOKEN`;
  return {
    url,
    config: { access: { kind: "token", url, token: `env:${name}` }, pageSize: PAGE_SIZE },
    secrets: { [name]: server.token ?? "" },
    world,
    quirks,
    cluster,
    get token() {
      return server.token ?? "";
    },
    used: server.used,
    watches: () => server.watches.size,
    bookmark() {
      for (const watch of server.watches) watch.bookmark();
    },
    endWatches(how) {
      for (const { reply } of server.watches) {
        if (how === "cut") reply.destroy();
        else reply.end();
      }
    },
    rotateToken() {
      server.token = newToken();
      return server.token;
    },
    close: () => app.close(),
  };
};

openKubernetesSandbox satisfies OpenSandbox;

function newToken(): string {
  return `sandbox-${crypto.randomUUID()}`;
}
