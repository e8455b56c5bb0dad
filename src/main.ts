/**
 * The composition root: settings in, services made and started in order, and stopped in the opposite one.
 *
 *   documents ─► database ─► migrations ─► sources, yours or the demo's ─► metrics ─► API ─► engine ─► sync ─► chores
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { adapters } from "../adapters/index.ts";
import { createRegistry } from "./adapter/registry.ts";
import { createSecrets } from "./adapter/secrets.ts";
import { buildMetricsApp } from "./api/http/metrics-app.ts";
import { listenAs } from "./boot/addresses.ts";
import { startApi } from "./boot/api.ts";
import { applySources, demoWanted, removeDemoSources } from "./boot/apply.ts";
import type { Ready } from "./boot/banner.ts";
import { openDatabase } from "./boot/database.ts";
import { startDemo } from "./boot/demo/index.ts";
import { readSources } from "./boot/document-files.ts";
import { ourPackage } from "./boot/package.ts";
import type { Environment } from "./boot/read-settings.ts";
import type { Settings } from "./boot/settings.ts";
import { createStack, type Stack } from "./boot/stack.ts";
import { createChores } from "./chores/chore-service.ts";
import { systemClock as clock } from "./lib/clock.ts";
import { InputError } from "./lib/input-error.ts";
import { migrate } from "./store/migrate.ts";
import { openStore } from "./store/open.ts";
import { createEngine } from "./engine/engine.ts";
import { createRemotes } from "./engine/remotes.ts";
import { createSync } from "./sync/sync-service.ts";
import type { Logger } from "./telemetry/log.ts";
import { createMetrics } from "./telemetry/metrics.ts";

/** What one process can be limited to, when several share the work. */
export const PARTS = ["api", "worker", "sync"] as const;
export type Part = (typeof PARTS)[number];

export interface StartOptions {
  readonly settings: Settings;
  /** For the `env:` references of sources. */
  readonly environment: Environment;
  readonly only: Part | null;
  readonly log: Logger;
}

export interface House {
  readonly ready: Ready;
  /** Resolves when something that everything rests on has ended by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Answers when it is ready to be used, or leaves nothing behind. */
export async function start(options: StartOptions): Promise<House> {
  const stack = createStack(options.log);
  try {
    return { ...(await startAll(options, stack)), stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function startAll(
  { settings, environment, only, log }: StartOptions,
  stack: Stack,
): Promise<Omit<House, "stop">> {
  const beganMs = clock.monotonicMs();
  const { version, root } = ourPackage();
  refuseHalfAHouse(settings, only);
  // Before anything is started: a mistake in a document should cost a second, not a database.
  const documents = await readSources(settings.documents);

  const database = await openDatabase(settings, log);
  stack.add("database", () => database.stop());
  const metrics = createMetrics({ process: true });
  metrics.buildInfo.set({ version }, 1);
  const store = openStore({ url: database.url, log, metrics });
  stack.add("store", () => store.close());
  await migrate(store.db, log);

  const registry = createRegistry(adapters);
  await applySources(store.db, registry, documents);
  const demo =
    only === null && (await demoWanted(store.db, settings.demo))
      ? await startDemo({ folder: settings.data, clock })
      : null;
  if (demo) {
    stack.add("demo", () => demo.stop());
    await applySources(store.db, registry, demo.sources);
  } else if (only === null) await removeDemoSources(store.db);
  const secrets = createSecrets({ env: { ...environment, ...demo?.secrets } });

  const metricsApp = buildMetricsApp({ metrics });
  stack.add("metrics", () => metricsApp.close());
  const metricsPlace = await listenAs(metricsApp, settings, "metricsListen");
  const shared = { settings, store, databaseUrl: database.url, registry, secrets, metrics, log, clock };
  const owner = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const remotes = createRemotes({ db: store.db, adapters: registry, secrets, metrics, log, clock });
  stack.add("remotes", () => remotes.close());
  const engine = createEngine({ db: store.db, remotes, metrics, log, clock, owner });
  const runs = (part: Part) => only === null || only === part;
  const sync = runs("sync") ? createSync({ ...shared, adapters: registry, owner }) : null;
  const api = runs("api") ? await startApi({ ...shared, root, sync, engine }, stack) : null;

  if (runs("worker")) {
    await engine.handOff.start();
    stack.add("engine", () => engine.handOff.stop());
  }
  if (sync) {
    await sync.start();
    stack.add("sync", () => sync.stop());
    const chores = createChores({ ...shared, owner });
    await chores.start();
    stack.add("chores", () => chores.stop());
  }
  const remarks = [...metricsPlace.remarks, ...(api?.remarks ?? [])];
  return {
    ready: {
      version,
      tookMs: clock.monotonicMs() - beganMs,
      api,
      metricsUrl: metricsPlace.url,
      demo: demo !== null,
      remarks,
    },
    ended: database.ended.then(() => "the embedded PostgreSQL has ended"),
  };
}

/** The embedded database serves one process, and a part of the house is no use without the others. */
function refuseHalfAHouse({ databaseUrl }: Settings, only: Part | null): void {
  if (only === null || databaseUrl !== null) return;
  throw new InputError("--only", "several processes need a database that they share: set DATABASE_URL");
}
