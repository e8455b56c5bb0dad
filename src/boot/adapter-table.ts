/** What each adapter can do, for the README: read off its methods, like everything that shows it. */
import { adapters } from "../../adapters/index.ts";
import { type Adapter, capabilitiesOf } from "../adapter/contract.ts";
import { createHost } from "../adapter/host.ts";
import { createSecrets } from "../adapter/secrets.ts";
import { systemClock } from "../lib/clock.ts";
import { silentLog } from "../telemetry/log.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { markdownTable } from "./markdown.ts";

/** Any config will do: connecting is offline, and the methods are the same for all. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  airflow: { url: "https://airflow.example.com", auth: { kind: "none" } },
  kubernetes: { access: { kind: "none", url: "https://kubernetes.example.com" } },
  jenkins: { url: "https://jenkins.example.com", auth: { kind: "none" } },
};

export function adapterTable(): string {
  const rows = adapters.map((adapter: Adapter) => [
    `[\`${adapter.kind}\`](adapters/${adapter.kind}/README.md)`,
    adapter.title,
    ["probe, jobs, runs, history", ...capabilities(adapter)].join(", "),
    adapter.handOff,
  ]);
  return markdownTable(["adapter", "tool", "can", "hand-off, at best"], rows);
}

function capabilities(adapter: Adapter): string[] {
  if (!(adapter.kind in SAMPLES)) throw new Error(`no sample config for ${adapter.kind}`);
  const deps = { clock: systemClock, log: silentLog, metrics: createMetrics(), secrets: createSecrets({ env: {} }) };
  const config = adapter.config.parse(SAMPLES[adapter.kind]);
  return capabilitiesOf(adapter.connect(config, createHost({ source: "sample", ...deps })));
}
