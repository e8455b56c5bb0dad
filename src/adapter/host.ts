/** What the house lends to the adapter of one source, with the source's name on everything that leaves. */
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Host, HostLog } from "./contract.ts";
import { createHttp } from "./http/boundary.ts";
import { createGate } from "./http/gate.ts";
import { type Limits, LIMITS } from "./http/limits.ts";
import { createRedactor, type Redactor, redactFields } from "./redaction.ts";
import type { Secrets } from "./secrets.ts";

export interface HostDeps {
  readonly source: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly secrets: Secrets;
  readonly limits?: Partial<Limits>;
  /** Lent by who reads texts of the tool and has to keep secrets out of them. */
  readonly redactor?: Redactor;
}

export function createHost(deps: HostDeps): Host {
  const { source, clock, metrics, secrets } = deps;
  const redactor = deps.redactor ?? createRedactor();
  const limits = { ...LIMITS, ...deps.limits };
  const gate = createGate({ source, clock, metrics, limits });
  return {
    http: (options) => createHttp(options, { source, clock, metrics, redactor, limits, gate }),
    async secret(reference) {
      const value = await secrets.read(reference);
      redactor.remember(value);
      return value;
    },
    now: () => clock.now(),
    log: hostLog(deps.log.child({ source }), redactor),
  };
}

function hostLog(log: Logger, redactor: Redactor): HostLog {
  return {
    debug: (fields, message) => log.debug(redactFields(fields, redactor), message),
    info: (fields, message) => log.info(redactFields(fields, redactor), message),
    warn: (fields, message) => log.warn(redactFields(fields, redactor), message),
  };
}
