/** A sandbox with a clock of its own, a proxy before it that can be told to fail, and the adapter connected to it. */
import { onTestFinished } from "vitest";
import { jenkins } from "../../../adapters/jenkins/index.ts";
import {
  type JenkinsSandbox,
  type JenkinsSandboxOptions,
  openJenkinsSandbox,
} from "../../../adapters/jenkins/sandbox.ts";
import { type FaultProxy, openFaultProxy } from "../../../src/adapter/conformance/fault-proxy.ts";
import type { Page, Remote, Started } from "../../../src/adapter/contract.ts";
import { createHost } from "../../../src/adapter/host.ts";
import type { Limits } from "../../../src/adapter/http/limits.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import type { Json } from "../../../src/model/json.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";

export interface Stage {
  readonly sandbox: JenkinsSandbox;
  readonly world: JenkinsSandbox["world"];
  readonly proxy: FaultProxy;
  readonly remote: Remote & Acting;
  readonly env: Record<string, string>;
  readonly now: () => Date;
  /** Both clocks go on: ours and the controller's. */
  advance(ms: number): void;
  connect(change?: {
    readonly url?: string;
    readonly limits?: Partial<Limits>;
    readonly settings?: object;
  }): Remote & Acting;
  /** Paths below the prefix, unescaped, as they came in since the last look. */
  asked(): string[];
}

/** All that Jenkins can do, so that a test need not ask whether it is there. */
export type Acting = Required<
  Pick<
    Remote,
    "start" | "find" | "cancel" | "retry" | "pause" | "resume" | "log" | "outputs" | "parts" | "gates" | "links"
  >
>;

export const signal = new AbortController().signal;

const QUICK: Partial<Limits> = { attempts: 1, backoffMs: 1, requestsPerSecond: 10_000, breakAfter: 1_000 };

export async function openStage(options: JenkinsSandboxOptions = {}): Promise<Stage> {
  let nowMs = Date.parse("2026-11-21T03:00:00Z");
  const now = () => new Date(nowMs);
  const sandbox = await openJenkinsSandbox({ now, ...options });
  const proxy = await openFaultProxy(sandbox.url, () => new Date(nowMs + sandbox.quirks.skewMs));
  const remotes: Remote[] = [];
  const env = { ...sandbox.secrets };
  let looked = 0;

  const connect: Stage["connect"] = ({ url = proxy.url, limits, settings } = {}) => {
    const host = createHost({
      source: "jenkins-test",
      clock: { now, monotonicMs: () => performance.now() },
      log: createLog({ level: "error", pretty: false, destination: { write: () => undefined } }),
      metrics: createMetrics(),
      secrets: createSecrets({ env }),
      limits: { ...QUICK, ...limits },
    });
    const remote = jenkins.connect(jenkins.config.parse({ ...(sandbox.config as object), url, ...settings }), host);
    remotes.push(remote);
    return remote as Remote & Acting;
  };

  onTestFinished(async () => {
    for (const remote of remotes) await remote.close?.();
    await proxy.close();
    await sandbox.close();
  });

  return {
    sandbox,
    world: sandbox.world,
    proxy,
    remote: connect(),
    env,
    now,
    advance: (ms) => void (nowMs += ms),
    connect,
    asked() {
      const all = proxy.seen.map(
        ({ method, path }) => `${method} ${readable(path.slice((options.prefix ?? "").length))}`,
      );
      const fresh = all.slice(looked);
      looked = all.length;
      return fresh;
    },
  };
}

/** The tree as it was meant; the path as it was sent, for there the escapes are the point. */
function readable(url: string): string {
  const [path = "", query] = url.split("?");
  return query === undefined ? path : `${path}?${decodeURIComponent(query.replaceAll("+", " "))}`;
}

export async function collect<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
}

export function startOf(remote: Acting, jobId: string, key: string, parameters: Json = null): Promise<Started> {
  return remote.start({ jobId, key, parameters, note: null }, signal);
}
