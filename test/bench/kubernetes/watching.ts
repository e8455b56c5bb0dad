/** The adapter alone, in a process of its own, with a watch that stays and lists that are read again and again. */
import { setTimeout as sleep } from "node:timers/promises";
import { config as settings } from "../../../adapters/kubernetes/config.ts";
import { openRemote } from "../../../adapters/kubernetes/remote.ts";
import { createHost } from "../../../src/adapter/host.ts";
import { createSecrets } from "../../../src/adapter/secrets.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";

export interface Usage {
  readonly rssMb: number;
  readonly heapMb: number;
  /** Jobs that the watch remembers. */
  readonly live: number;
  /** Runs that it has told of. */
  readonly events: number;
  /** Pages of open runs. */
  readonly pages: number;
}

const EVERY_MS = 1_000;
const LIST_EVERY_MS = 5_000;
const [config = "{}", env = "{}"] = process.argv.slice(2);
const host = createHost({
  source: "bench",
  clock: systemClock,
  log: silentLog,
  metrics: createMetrics(),
  secrets: createSecrets({ env: JSON.parse(env) as Record<string, string> }),
});
const { access } = JSON.parse(config) as { readonly access: unknown };
// With pages of the usual length: the sandbox's are short on purpose.
const remote = openRemote(settings.parse({ access }), host);
const leave = new AbortController();
let events = 0;
let pages = 0;

/** With its connection, its schemas and its code: what grows from here on is for the Jobs. */
await remote.probe(leave.signal);
tell();
setInterval(tell, EVERY_MS);
void countEvents();
void readLists();
process.once("SIGTERM", () => process.exit(0));

function tell(): void {
  const { rss, heapUsed } = process.memoryUsage();
  const usage: Usage = {
    rssMb: rss / 2 ** 20,
    heapMb: heapUsed / 2 ** 20,
    live: remote.memory.size.live,
    events,
    pages,
  };
  process.stdout.write(`${JSON.stringify(usage)}\n`);
}

async function countEvents(): Promise<void> {
  for await (const { runId } of remote.watch(leave.signal)) events += runId === "" ? 0 : 1;
}

/** Page by page, as the sync reads them. */
async function readLists(): Promise<void> {
  for (;;) {
    for await (const page of remote.open(leave.signal)) pages += page.items.length === 0 ? 0 : 1;
    await sleep(LIST_EVERY_MS);
  }
}
