/** A database, a tool's sandbox in this process, and starts that were accepted: what replicas are killed over. */
import { capabilitiesOf } from "../../src/adapter/contract.ts";
import { createHost } from "../../src/adapter/host.ts";
import type { Sandbox } from "../../src/adapter/sandbox.ts";
import { createSecrets } from "../../src/adapter/secrets.ts";
import { ActionError } from "../../src/engine/action-error.ts";
import { createActing } from "../../src/engine/acting.ts";
import type { Times } from "../../src/engine/hand-off/times.ts";
import { createWaiters } from "../../src/engine/waiters.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import type { Intent } from "../../src/store/intent/intent.ts";
import { intentByKey } from "../../src/store/intent/request.ts";
import { declareSource, noteCapabilities } from "../../src/store/sources.ts";
import { applyJobs } from "../../src/store/sync/apply-jobs.ts";
import { claimSources } from "../../src/store/sync/lease.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { aJob } from "../integration/sync/given.ts";
import { type FreshDatabase, freshDatabase } from "../support/database.ts";
import type { Orders } from "./replica.ts";
import { jobOf, type Start, type Tool } from "./tools.ts";

/** So short that a test sees a takeover; in the same proportions as the real ones. */
export const QUICK: Partial<Times> = {
  leaseMs: 500,
  sendWindowMs: 250,
  callMs: 2_000,
  firstLookMs: 20,
  firstRetryMs: 20,
  longestMs: 200,
};
const VISIBLE_WITHIN_MS = 300;

export interface Scene {
  readonly database: FreshDatabase;
  readonly sandbox: Sandbox;
  /** A tool that is only read has nothing to be killed over. */
  readonly canStart: boolean;
  /** Accepts a start: from here on it must happen once. */
  accept(start: Start): Promise<void>;
  intent(key: string): Promise<Intent>;
  orders(failpoint: string | null): Orders;
  close(): Promise<void>;
}

const SOURCE = "one";

export async function openScene(tool: Tool, jobs: number): Promise<Scene> {
  const { adapter, open, handOff } = tool;
  const [database, sandbox] = await Promise.all([freshDatabase(), open({ jobs })]);
  const { db, url } = database;
  const { config } = sandbox;
  const sourceId = await declareSource(db, {
    name: SOURCE,
    adapter: adapter.kind,
    url: sandbox.url,
    config,
    handOff: adapter.handOff,
  });
  const host = createHost({
    source: SOURCE,
    clock,
    log: silentLog,
    metrics: createMetrics(),
    secrets: createSecrets({ env: {} }),
  });
  const remote = adapter.connect(adapter.config.parse(config), host);
  const capabilities = capabilitiesOf(remote);
  await noteCapabilities(db, sourceId, capabilities);
  await remote.close?.();
  const [lease] = await claimSources(db, "the sync", 1);
  if (!lease) throw new Error("the source was not free");
  const items = Array.from({ length: jobs }, (_, at) => aJob(jobOf(tool, at), { handOff }));
  await applyJobs(db, lease, { items, readAt: new Date(), rejected: [] });
  const acting = createActing({ db, clock, waiters: createWaiters(), wake: () => undefined, patienceMs: 0 });

  return {
    database,
    sandbox,
    canStart: capabilities.includes("start"),
    async accept({ key, jobId }) {
      const wish = acting.start({ source: SOURCE, jobId }, { key, parameters: null }, { principal: "ada", note: null });
      // Nobody here hands off: written down is all that can be said so far.
      await wish.catch((error: unknown) => {
        if (!(error instanceof ActionError) || error.code !== "UNCERTAIN") throw error;
      });
    },
    async intent(key) {
      const intent = await intentByKey(db, sourceId, key);
      if (!intent) throw new Error(`${key} was lost`);
      return intent;
    },
    orders: (failpoint) => ({
      url,
      secrets: sandbox.secrets,
      times: QUICK,
      failpoint,
      visibleWithinMs: VISIBLE_WITHIN_MS,
    }),
    async close() {
      await sandbox.close();
      await database.close();
    },
  };
}
