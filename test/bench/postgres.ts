/** A PostgreSQL of its own for one bench, with everything as durable as we run it, in a folder that goes away. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { startEmbedded } from "../../src/store/embedded/index.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { PATIENT } from "./fleet/fill.ts";

export const BENCH_FOLDER = ".bench";

export interface BenchDatabase {
  readonly url: string;
  readonly store: Store;
  readonly close: () => Promise<void>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  await mkdir(BENCH_FOLDER, { recursive: true });
  const folder = await mkdtemp(join(BENCH_FOLDER, "postgres-"));
  // The rest is as delivered: so is the peer's, for it is the same server.
  const postgres = await startEmbedded({
    folder,
    log: silentLog,
    settings: { shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  const store = openStore({ url: postgres.url, log: silentLog, deadlines: PATIENT });
  await migrate(store.db);
  return {
    url: postgres.url,
    store,
    async close() {
      await store.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
