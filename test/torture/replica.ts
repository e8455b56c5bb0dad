/**
 * A replica in a process of its own, store and engine only: it loads, says that it is ready, and begins when it is told
 * to, at which point it may be armed to end or to freeze itself.
 */
import { armFromEnvironment } from "../../src/boot/failpoints.ts";
import { createRegistry } from "../../src/adapter/registry.ts";
import { createSecrets } from "../../src/adapter/secrets.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { Times } from "../../src/engine/hand-off/times.ts";
import { createRemotes } from "../../src/engine/remotes.ts";
import { systemClock as clock } from "../../src/lib/clock.ts";
import { openStore } from "../../src/store/open.ts";
import { silentLog as log } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { ADAPTERS } from "./adapters.ts";

/** What the parent says. */
export interface Orders {
  readonly url: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly times: Partial<Times>;
  /** `before-send=kill`, or nothing. */
  readonly failpoint: string | null;
  /** Otherwise every adapter keeps its own; in a test nobody has a minute. */
  readonly visibleWithinMs: number;
}

const metrics = createMetrics();

process.on("message", (message: Orders | "metrics") => {
  if (message === "metrics") return void metrics.registry.metrics().then((text) => process.send?.({ metrics: text }));
  void begin(message);
});
// Whoever loses the test that started it has nothing left to do.
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function begin({ url, secrets, times, failpoint, visibleWithinMs }: Orders): Promise<void> {
  const { db } = openStore({ url, log, max: 3 });
  const adapters = createRegistry(ADAPTERS.map((adapter) => ({ ...adapter, visibleWithinMs })));
  const limits = { breakAfter: 1_000, requestsPerSecond: 10_000 };
  const remotes = createRemotes({
    db,
    clock,
    log,
    metrics,
    adapters,
    limits,
    secrets: createSecrets({ env: { ...secrets } }),
  });
  const engine = createEngine({ db, clock, log, metrics, remotes, owner: `replica ${process.pid}`, times });
  armFromEnvironment(failpoint === null ? {} : { TUTTI_FAILPOINT: failpoint });
  await engine.handOff.start();
}
