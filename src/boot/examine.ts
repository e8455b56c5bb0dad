/** Examines a source afresh: a connection of its own, so that no breaker of the sync stands in the way. */
import type { HostDeps } from "../adapter/host.ts";
import type { Registry } from "../adapter/registry.ts";
import type { Check } from "../model/check.ts";
import type { Db } from "../store/db.ts";
import { knownSources } from "../store/sources.ts";
import { diagnose } from "../sync/diagnose.ts";
import { createMetrics } from "../telemetry/metrics.ts";

const WITHIN_MS = 25_000;

export interface ExaminerParts extends Pick<HostDeps, "clock" | "log" | "secrets"> {
  readonly db: Db;
  readonly registry: Registry;
}

export function createExaminer({ db, registry, clock, log, secrets }: ExaminerParts) {
  return async (name: string): Promise<readonly Check[]> => {
    const source = (await knownSources(db)).find((known) => known.name === name);
    if (!source) return [];
    // Metrics of its own as well: an examination is no sync, and must not look like one.
    const deps = { source: name, clock, log, secrets, metrics: createMetrics() };
    const remote = registry.connect(source.adapter, source.config, deps);
    const ca = (source.config as { readonly ca?: unknown }).ca;
    try {
      const patient = { url: source.url, remote, ...(typeof ca === "string" && { ca }) };
      return await diagnose(patient, clock.now(), AbortSignal.timeout(WITHIN_MS));
    } finally {
      await remote.close?.();
    }
  };
}
