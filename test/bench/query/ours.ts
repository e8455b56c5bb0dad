/** Our API as it is delivered: the real store, real tokens, compiled queries. */
import { DEFAULT_API_SETTINGS } from "../../../src/api/api-deps.ts";
import { buildApi } from "../../../src/api/build-api.ts";
import { issueCredential } from "../../../src/governance/credentials.ts";
import { governanceOver } from "../../../src/governance/governance.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { listenForChanges } from "../../../src/store/changes.ts";
import { openStore } from "../../../src/store/open.ts";
import { createReader } from "../../../src/store/read/reader.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { createMetrics } from "../../../src/telemetry/metrics.ts";
import { idleEngine } from "../../support/idle-engine.ts";
import { listenLow } from "../../support/low-port.ts";

const [url = "", pool = "10"] = process.argv.slice(2);
const metrics = createMetrics();
const { db } = openStore({ url, max: Number(pool), log: silentLog, metrics });
const { secret } = await issueCredential(db, {
  kind: "token",
  principal: "bench",
  role: "viewer",
  label: "bench",
  validForMs: null,
});

const app = await buildApi({
  reader: createReader(db),
  examine: async () => [],
  ...idleEngine,
  governance: governanceOver(db),
  changes: (listener) => listenForChanges({ url, log: silentLog, ...listener }),
  readiness: {},
  metrics,
  log: silentLog,
  clock: systemClock,
  settings: DEFAULT_API_SETTINGS,
});
await app.ready();
const port = await listenLow(app.server);
process.stdout.write(`${JSON.stringify({ port, token: secret })}\n`);
process.once("SIGTERM", () => process.exit(0));
