/** A host for one source, with its log and its metrics in reach. */
import { Writable } from "node:stream";
import { createHost } from "../../src/adapter/host.ts";
import type { Host } from "../../src/adapter/contract.ts";
import type { Limits } from "../../src/adapter/http/limits.ts";
import { createSecrets } from "../../src/adapter/secrets.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";

export interface SourceHost extends Host {
  printed(): string;
  readonly requests: (codeClass: string) => Promise<number>;
  breaker(state: string): Promise<number>;
}

export function sourceHost(limits: Partial<Limits> = {}, env: Record<string, string> = {}): SourceHost {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const metrics = createMetrics();
  const host = createHost({
    source: "one",
    clock: systemClock,
    log: createLog({ level: "debug", pretty: false, destination }),
    metrics,
    secrets: createSecrets({ env }),
    limits: { backoffMs: 1, ...limits },
  });
  return {
    ...host,
    printed: () => lines.join(""),
    async requests(codeClass) {
      const { values } = await metrics.sourceRequests.get();
      return values.find(({ labels }) => labels.code_class === codeClass)?.value ?? 0;
    },
    async breaker(state) {
      const { values } = await metrics.sourceBreaker.get();
      return values.find(({ labels }) => labels.state === state)?.value ?? 0;
    },
  };
}
