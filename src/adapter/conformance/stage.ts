/** What a question is asked on: a sandbox with a clock of its own, a proxy before it, and an adapter connected to it. */
import { Writable } from "node:stream";
import { systemClock } from "../../lib/clock.ts";
import type { Json } from "../../model/json.ts";
import { createLog } from "../../telemetry/log.ts";
import { createMetrics } from "../../telemetry/metrics.ts";
import type { Adapter, Remote } from "../contract.ts";
import { createHost } from "../host.ts";
import { LIMITS, type Limits } from "../http/limits.ts";
import type { Sandbox, SandboxOptions, SandboxWorld } from "../sandbox.ts";
import { createSecrets } from "../secrets.ts";
import { type FaultProxy, openFaultProxy } from "./fault-proxy.ts";

export interface Setup {
  readonly adapter: Adapter;
  readonly open: (options?: SandboxOptions) => Promise<Played>;
  /** Enough of them for three pages. */
  readonly many?: number;
}

/** A real tool takes its time where a sandbox is done at once. */
type InItsTime<Act> = Act extends (...args: infer Given) => infer Told ? (...args: Given) => Told | Promise<Told> : Act;

export type World = { readonly [Name in keyof SandboxWorld]: InItsTime<SandboxWorld[Name]> };

/** What a question is asked of: a sandbox, or the real tool with somebody behind it who moves its runs. */
export interface Played extends Omit<Sandbox, "world"> {
  readonly world: World;
}

export interface Stage {
  readonly adapter: Adapter;
  readonly world: World;
  readonly proxy: FaultProxy;
  readonly remote: Remote;
  /** Nobody aborts this one. */
  readonly signal: AbortSignal;
  /** The secrets of the sandbox, which a question may change as an operator would. */
  readonly env: Record<string, string>;
  readonly many: number;
  /** The remote's clock: forty minutes behind ours, and it goes on when it is told to. */
  readonly now: () => Date;
  readonly advance: (ms: number) => void;
  /** As after a restart of ours. */
  readonly connect: (limits?: Partial<Limits>) => Remote;
  /** Every line that was logged so far. */
  printed(): string;
  close(): Promise<void>;
}

const BEHIND_MS = 40 * 60_000;

/** Quick where waiting proves nothing, and without the breaker, which would answer in the remote's place. */
const STAGE_LIMITS: Limits = {
  ...LIMITS,
  attempts: 2,
  backoffMs: 1,
  patienceMs: 0,
  breakAfter: 1_000,
  requestsPerSecond: 10_000,
  maxBytes: 4 * 1024 * 1024,
  mostBytes: 4 * 1024 * 1024,
};

export async function openStage({ adapter, open, many = 205 }: Setup, jobs: "few" | "many"): Promise<Stage> {
  let advancedMs = 0;
  const now = () => new Date(Date.now() - BEHIND_MS + advancedMs);
  const sandbox = await open({ jobs: jobs === "many" ? many : 3, now });
  const proxy = await openFaultProxy(sandbox.url, now);
  const env = { ...sandbox.secrets };
  const lines: string[] = [];
  const remotes: Remote[] = [];

  function connect(limits: Partial<Limits> = {}): Remote {
    const host = createHost({
      source: "conformance",
      clock: systemClock,
      log: createLog({ level: "debug", pretty: false, destination: collector(lines) }),
      metrics: createMetrics(),
      secrets: createSecrets({ env }),
      limits: { ...STAGE_LIMITS, ...limits },
    });
    const config = adapter.config.parse(through(sandbox.config, sandbox.url, proxy.url));
    const remote = adapter.connect(config, host);
    remotes.push(remote);
    return remote;
  }

  return {
    adapter,
    world: sandbox.world,
    proxy,
    remote: connect(),
    signal: new AbortController().signal,
    env,
    many,
    now,
    advance: (ms) => {
      advancedMs += ms;
    },
    connect,
    printed: () => lines.join(""),
    async close() {
      for (const remote of remotes) await remote.close?.();
      await proxy.close();
      await sandbox.close();
    },
  };
}

function through(config: Json, url: string, proxyUrl: string): unknown {
  return JSON.parse(JSON.stringify(config).replaceAll(url, proxyUrl));
}

function collector(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}
