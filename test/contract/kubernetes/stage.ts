/** A cluster, and the adapter connected to it with the patience of a test. */
import { config as settings, type KubernetesConfig } from "../../../adapters/kubernetes/config.ts";
import { type KubernetesRemote, openRemote } from "../../../adapters/kubernetes/remote.ts";
import {
  type KubernetesSandbox,
  type KubernetesSandboxOptions,
  openKubernetesSandbox,
} from "../../../adapters/kubernetes/sandbox.ts";
import type { WatchPace } from "../../../adapters/kubernetes/watch/pace.ts";
import type { Page } from "../../../src/adapter/contract.ts";
import type { ForeignRun, ForeignRunRef } from "../../../src/model/foreign.ts";
import { sourceHost, type SourceHost } from "../../support/source-host.ts";

export const never = new AbortController().signal;

export interface KubernetesStage {
  readonly sandbox: KubernetesSandbox;
  readonly remote: KubernetesRemote;
  readonly host: SourceHost;
  /** Beside the first one, as after a restart of ours. */
  readonly connect: () => KubernetesRemote;
  readonly close: () => Promise<void>;
}

export interface StageOptions extends KubernetesSandboxOptions {
  readonly config?: Partial<Record<keyof KubernetesConfig, unknown>>;
  readonly watch?: Partial<WatchPace>;
}

const PACE: WatchPace = {
  idleMs: 2_000,
  openSeconds: 60,
  restartMs: 20,
  firstRetryMs: 20,
  longestRetryMs: 100,
  forbiddenMs: 100,
};

export async function openStage({ config = {}, watch = {}, ...options }: StageOptions = {}): Promise<KubernetesStage> {
  const sandbox = await openKubernetesSandbox(options);
  const env = { ...sandbox.secrets };
  const host = sourceHost({ attempts: 1, breakAfter: 1_000, requestsPerSecond: 10_000 }, env);
  const remotes: KubernetesRemote[] = [];
  const connect = () => {
    const read = settings.parse({ ...(sandbox.config as object), ...config });
    const paces = { watch: { ...PACE, ...watch }, cancel: { looks: 5, everyMs: 10 } };
    const remote = openRemote(read, host, paces);
    remotes.push(remote);
    return remote;
  };
  return {
    sandbox,
    host,
    remote: connect(),
    connect,
    async close() {
      for (const remote of remotes) await remote.close();
      await sandbox.close();
    },
  };
}

export async function all<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
}

export async function observed(remote: KubernetesRemote, ...refs: ForeignRunRef[]): Promise<readonly ForeignRun[]> {
  return (await remote.observe(refs, never)).items;
}

/** A watch that runs beside the test, with what it has told so far. */
export function beginWatch(remote: KubernetesRemote) {
  const leave = new AbortController();
  const told: string[] = [];
  const ended = (async () => {
    for await (const { runId } of remote.watch(leave.signal)) told.push(runId);
  })().catch((error: unknown) => error);
  return {
    told,
    stop: async () => {
      leave.abort();
      return ended;
    },
  };
}
