/** The API with its address, its first token, and the link that lets a person in. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ApiDeps, DEFAULT_API_SETTINGS } from "../api/api-deps.ts";
import { buildApi } from "../api/build-api.ts";
import { type ConsoleBuildOptions, createConsoleBuild } from "../api/http/console-build.ts";
import type { Registry } from "../adapter/registry.ts";
import type { Secrets } from "../adapter/secrets.ts";
import { issueSignInCode } from "../governance/credentials.ts";
import { governanceOver } from "../governance/governance.ts";
import { listenForChanges } from "../store/changes.ts";
import type { Engine } from "../engine/engine.ts";
import type { Store } from "../store/open.ts";
import { createReader } from "../store/read/reader.ts";
import type { SyncService } from "../sync/sync-service.ts";
import { listenAs } from "./addresses.ts";
import type { Ready } from "./banner.ts";
import { createExaminer } from "./examine.ts";
import { ADMIN, ensureAdminToken, writePrivately } from "./first-run.ts";
import type { Settings } from "./settings.ts";
import type { Stack } from "./stack.ts";

export interface ApiParts extends Pick<ApiDeps, "metrics" | "log" | "clock"> {
  readonly settings: Settings;
  readonly store: Store;
  readonly databaseUrl: string;
  readonly registry: Registry;
  readonly secrets: Secrets;
  /** Of the installed package. */
  readonly root: string;
  /** Null where another process does the reading. */
  readonly sync: Pick<SyncService, "alive"> | null;
  readonly engine: Pick<Engine, "acting" | "peek">;
}

type StartedApi = NonNullable<Ready["api"]> & { readonly remarks: readonly string[] };

export async function startApi(parts: ApiParts, stack: Stack): Promise<StartedApi> {
  const { settings, store, databaseUrl, registry, secrets, metrics, log, clock, root, sync, engine } = parts;
  const reader = createReader(store.db);
  const consoleFolder = join(root, "dist/console");
  await mkdir(consoleFolder, { recursive: true });
  const app = await buildApi({
    reader,
    examine: createExaminer({ db: store.db, registry, secrets, log, clock }),
    acting: engine.acting,
    peek: engine.peek,
    governance: governanceOver(store.db),
    changes: (listener) => listenForChanges({ url: databaseUrl, log, ...listener }),
    readiness: {
      database: async () => Array.isArray(await reader.allSources()),
      ...(sync && { sync: () => Promise.resolve(sync.alive) }),
    },
    metrics,
    log,
    clock,
    settings: {
      ...DEFAULT_API_SETTINGS,
      hosts: hostsOf(settings),
      secureCookies: settings.publicUrl?.startsWith("https:") ?? false,
      consoleFolder,
      schemasFolder: join(root, "schemas"),
    },
  });
  stack.add("api", () => app.close());
  const admin = await ensureAdminToken(store.db, settings.data);
  const { url: here, remarks } = await listenAs(app, settings, "listen");
  await leaveAddress(settings.data, here, stack);
  // From sources, as in tests and `npm run dev`, nobody waits for a page: `npm run console:build` makes one.
  if (import.meta.filename.endsWith(".js")) await startConsoleBuild({ root, consoleFolder, log }, stack);
  const url = settings.publicUrl ?? here;
  return { url, admin, remarks, signIn: `${url}/sign-in/${await issueSignInCode(store.db, ADMIN)}` };
}

/** Names a request may call us by. Behind a proxy without a public URL the proxy alone can know them. */
function hostsOf({ publicUrl, behindProxy, listen }: Settings): readonly string[] | null {
  if (behindProxy && publicUrl === null) return null;
  const named = publicUrl === null ? [] : [new URL(publicUrl).hostname];
  return [...new Set([...(DEFAULT_API_SETTINGS.hosts ?? []), listen.host, ...named])];
}

/** Where the command line finds us when we could not have the usual port. */
async function leaveAddress(folder: string, url: string, stack: Stack): Promise<void> {
  const path = join(folder, "url");
  await writePrivately(path, url);
  stack.add("address", () => rm(path, { force: true }));
}

/** Beside the running server: what is ready to answer waits for no bundler. */
async function startConsoleBuild(options: ConsoleBuildOptions, stack: Stack): Promise<void> {
  const build = createConsoleBuild(options);
  await build.start();
  stack.add("console build", () => build.stop());
}
