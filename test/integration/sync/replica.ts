/** A replica of its own process, for tests that kill one: reads every source of a database through empty remotes. */
import { systemClock } from "../../../src/lib/clock.ts";
import { openStore } from "../../../src/store/open.ts";
import { createSync } from "../../../src/sync/sync-service.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { fakeRemote } from "./fake-remote.ts";

const [url = "", owner = ""] = process.argv.slice(2);
const store = openStore({ url, log: silentLog });
const sync = createSync({
  store,
  adapters: { connect: () => fakeRemote() },
  secrets: { read: async () => "" },
  clock: systemClock,
  log: silentLog,
  metrics: createMetrics(),
  owner,
});
await sync.start();
process.on("SIGTERM", () => {
  void sync
    .stop()
    .then(() => store.close())
    .then(() => process.exit(0));
});
