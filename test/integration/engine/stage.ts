/** A Toy, a database, and the engine between them: what a test of the hand-off stands on. */
import type { Adapter } from "../../../src/adapter/contract.ts";
import type { Limits } from "../../../src/adapter/http/limits.ts";
import { createRegistry } from "../../../src/adapter/registry.ts";
import type { OpenSandbox, Sandbox } from "../../../src/adapter/sandbox.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import type { Times } from "../../../src/engine/hand-off/times.ts";
import { createRemotes, type Remotes } from "../../../src/engine/remotes.ts";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import type { HandOffClass } from "../../../src/model/hand-off.ts";
import { declareSource, noteCapabilities } from "../../../src/store/sources.ts";
import { applyJobs } from "../../../src/store/sync/apply-jobs.ts";
import { claimSources, type Lease } from "../../../src/store/sync/lease.ts";
import type { Intent } from "../../../src/store/intent/intent.ts";
import { intentByKey } from "../../../src/store/intent/request.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics, type Metrics } from "../../../src/telemetry/metrics.ts";
import { capabilitiesOf } from "../../../src/adapter/contract.ts";
import { openToy } from "../../contract/toy/sandbox.ts";
import { toy } from "../../contract/toy/index.ts";
import { type FreshDatabase, freshDatabase } from "../../support/database.ts";
import { aJob } from "../sync/given.ts";

export const ADA = { principal: "ada", note: null };

export interface Actor extends Engine {
  readonly metrics: Metrics;
  readonly remotes: Remotes;
  close(): Promise<void>;
}

export interface EngineStage {
  readonly database: FreshDatabase;
  readonly sandbox: Sandbox;
  readonly lease: Lease;
  readonly sourceId: number;
  /** One replica. It works when it is told to: `runOnce`, or `start`. */
  actor(options?: ActorOptions): Actor;
  intent(key: string): Promise<Intent>;
  close(): Promise<void>;
}

export interface ActorOptions {
  readonly times?: Partial<Times>;
  readonly clock?: Clock;
  readonly limits?: Partial<Limits>;
  readonly patienceMs?: number;
}

export interface StageOptions {
  readonly adapter?: Adapter;
  readonly open?: OpenSandbox;
  readonly handOff?: HandOffClass;
  /** Where the adapter looks, when something stands before the sandbox. */
  readonly through?: (sandbox: Sandbox) => Promise<string>;
}

export async function engineStage({
  adapter = toy,
  open = openToy,
  handOff,
  through,
}: StageOptions = {}): Promise<EngineStage> {
  const [database, sandbox] = await Promise.all([freshDatabase(), open({ jobs: 3 })]);
  const { db } = database;
  const url = (await through?.(sandbox)) ?? sandbox.url;
  const config = JSON.parse(JSON.stringify(sandbox.config).replaceAll(sandbox.url, url)) as Sandbox["config"];
  const sourceId = await declareSource(db, {
    name: "one",
    adapter: adapter.kind,
    url,
    config,
    handOff: handOff ?? adapter.handOff,
  });
  const [lease] = await claimSources(db, "the sync", 1);
  if (!lease) throw new Error("the source was not free");
  const jobs = ["job_000", "job_001", "job_002"].map((id) => aJob(id, { handOff: handOff ?? adapter.handOff }));
  await applyJobs(db, lease, { items: jobs, readAt: new Date(Date.now() - 60_000), rejected: [] });
  const actors: Actor[] = [];

  function actor({ times, clock = systemClock, limits = {}, patienceMs }: ActorOptions = {}): Actor {
    const metrics = createMetrics();
    const secrets = createSecrets({ env: { ...sandbox.secrets } });
    const shared = { db, clock, log: silentLog, metrics };
    const remotes = createRemotes({
      ...shared,
      secrets,
      adapters: createRegistry([adapter]),
      limits: { breakAfter: 1_000, requestsPerSecond: 10_000, ...limits },
    });
    const owner = `actor ${actors.length}`;
    const optional = { ...(times && { times }), ...(patienceMs !== undefined && { patienceMs }) };
    const engine = createEngine({ ...shared, remotes, owner, ...optional });
    const made = {
      ...engine,
      metrics,
      remotes,
      async close() {
        await engine.handOff.stop();
        await remotes.close();
      },
    };
    actors.push(made);
    return made;
  }

  await noteCapabilities(
    db,
    sourceId,
    capabilitiesOf(
      createRegistry([adapter]).connect(adapter.kind, config, {
        source: "one",
        clock: systemClock,
        log: silentLog,
        metrics: createMetrics(),
        secrets: createSecrets({ env: {} }),
      }),
    ),
  );

  return {
    database,
    sandbox,
    lease,
    sourceId,
    actor,
    async intent(key) {
      const found = await intentByKey(db, sourceId, key);
      if (!found) throw new Error(`nobody asked for ${key}`);
      return found;
    },
    async close() {
      for (const one of actors) await one.close();
      await sandbox.close();
      await database.close();
    },
  };
}
