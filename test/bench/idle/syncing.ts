/** The sync alone, in a process of its own: what it costs is what this process costs. */
import { adapters } from "../../../adapters/index.ts";
import { createRegistry } from "../../../src/adapter/registry.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { openStore } from "../../../src/store/open.ts";
import { createSync } from "../../../src/sync/sync-service.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";

export interface Usage {
  readonly cpuMs: number;
  readonly rssMb: number;
}

const EVERY_MS = 1_000;
const [url = "", env = "{}"] = process.argv.slice(2);
const metrics = createMetrics();
const sync = createSync({
  store: openStore({ url, log: silentLog, metrics }),
  adapters: createRegistry(adapters),
  secrets: createSecrets({ env: JSON.parse(env) as Record<string, string> }),
  clock: systemClock,
  log: silentLog,
  metrics,
  owner: "bench",
});
await sync.start();

function tell(): void {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 2 ** 20 };
  process.stdout.write(`${JSON.stringify(usage)}\n`);
}
tell();
setInterval(tell, EVERY_MS);
process.once("SIGTERM", () => void sync.stop().then(() => process.exit(0)));
