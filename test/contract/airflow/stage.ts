/** A sandbox with a clock of its own, a proxy before it that can be told to fail, and the adapter connected to it. */
import { onTestFinished } from "vitest";
import { airflow } from "../../../adapters/airflow/index.ts";
import {
  type AirflowSandbox,
  type AirflowSandboxOptions,
  openAirflowSandbox,
} from "../../../adapters/airflow/sandbox.ts";
import { type FaultProxy, openFaultProxy } from "../../../src/adapter/conformance/fault-proxy.ts";
import type { Page, Remote } from "../../../src/adapter/contract.ts";
import { createHost } from "../../../src/adapter/host.ts";
import type { Limits } from "../../../src/adapter/http/limits.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";

export interface Stage {
  readonly sandbox: AirflowSandbox;
  readonly proxy: FaultProxy;
  readonly remote: Remote;
  readonly now: () => Date;
  /** Both clocks go on: ours and the server's. */
  advance(ms: number): void;
  connect(change?: {
    readonly secrets?: Record<string, string>;
    readonly url?: string;
    readonly limits?: Partial<Limits>;
  }): Remote;
  /** Paths below the prefix, as they came in since the last look. */
  asked(): string[];
  printed(): string;
}

export const signal = new AbortController().signal;

const QUICK: Partial<Limits> = { backoffMs: 1, requestsPerSecond: 10_000, breakAfter: 1_000 };

export async function openStage(options: AirflowSandboxOptions = {}): Promise<Stage> {
  let nowMs = Date.parse("2026-11-21T03:00:00Z");
  const now = () => new Date(nowMs);
  const sandbox = await openAirflowSandbox({ now, ...options });
  const proxy = await openFaultProxy(sandbox.url, () => new Date(nowMs + sandbox.quirks.skewMs));
  const [lines, remotes]: [string[], Remote[]] = [[], []];
  let looked = 0;

  const connect: Stage["connect"] = ({ secrets, url = proxy.url, limits } = {}) => {
    const host = createHost({
      source: "airflow-test",
      clock: { now, monotonicMs: () => performance.now() },
      log: createLog({ level: "debug", pretty: false, destination: { write: (line) => void lines.push(line) } }),
      metrics: createMetrics(),
      secrets: createSecrets({ env: secrets ?? sandbox.secrets }),
      limits: { ...QUICK, ...limits },
    });
    const remote = airflow.connect(airflow.config.parse({ ...(sandbox.config as object), url }), host);
    remotes.push(remote);
    return remote;
  };

  onTestFinished(async () => {
    for (const remote of remotes) await remote.close?.();
    await proxy.close();
    await sandbox.close();
  });

  return {
    sandbox,
    proxy,
    remote: connect(),
    now,
    advance: (ms) => void (nowMs += ms),
    connect,
    asked() {
      const all = proxy.seen.map(({ method, path }) => `${method} ${path.slice((options.prefix ?? "").length)}`);
      const fresh = all.slice(looked);
      looked = all.length;
      return fresh;
    },
    printed: () => lines.join(""),
  };
}

export async function collect<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
}
