/**
 * The engine's own line to each source: opened when first needed, opened anew when the declaration changes. Apart from
 * the sync's, so that a start does not stand in line behind a listing, nor fail by a breaker that a listing has opened.
 */
import type { Adapter, Remote } from "../adapter/contract.ts";
import type { HostDeps } from "../adapter/host.ts";
import { createRedactor, type Redactor } from "../adapter/redaction.ts";
import type { Registry } from "../adapter/registry.ts";
import type { Db } from "../store/db.ts";
import { type KnownSource, knownSources } from "../store/sources.ts";

export interface Line {
  readonly source: KnownSource;
  readonly adapter: Pick<Adapter, "visibleWithinMs" | "title">;
  readonly remote: Remote;
  readonly redactor: Redactor;
}

export interface Remotes {
  /** Null when the source has been removed. Throws an `InputError` when its config will not do. */
  of(sourceId: number): Promise<Line | null>;
  close(): Promise<void>;
}

export interface RemotesDeps extends Pick<HostDeps, "clock" | "log" | "metrics" | "secrets" | "limits"> {
  readonly db: Db;
  readonly adapters: Pick<Registry, "connect" | "get">;
}

/** For so long a declaration is taken to be as it was. */
const TRUST_MS = 1_000;

export function createRemotes({ db, adapters, ...host }: RemotesDeps): Remotes {
  const lines = new Map<number, Line>();
  let known: Promise<readonly KnownSource[]> = Promise.resolve([]);
  let knownAtMs = Number.NEGATIVE_INFINITY;

  function declarations(): Promise<readonly KnownSource[]> {
    const nowMs = host.clock.monotonicMs();
    if (nowMs - knownAtMs > TRUST_MS) {
      knownAtMs = nowMs;
      known = knownSources(db);
      // A failure is nobody's declaration.
      known.catch(() => (knownAtMs = Number.NEGATIVE_INFINITY));
    }
    return known;
  }

  return {
    async of(sourceId) {
      const source = (await declarations()).find(({ id }) => id === sourceId) ?? null;
      const line = lines.get(sourceId);
      if (source && line?.source.version === source.version) return line;
      lines.delete(sourceId);
      await letGo(line);
      if (!source) return null;
      const redactor = createRedactor();
      const remote = adapters.connect(source.adapter, source.config, { ...host, source: source.name, redactor });
      const opened = { source, adapter: adapters.get(source.adapter), remote, redactor };
      lines.set(sourceId, opened);
      return opened;
    },
    async close() {
      const all = [...lines.values()];
      lines.clear();
      await Promise.all(all.map(letGo));
    },
  };

  async function letGo(line: Line | undefined): Promise<void> {
    await line?.remote
      .close?.()
      .catch((error: unknown) => host.log.warn({ err: error }, "a remote could not be closed"));
  }
}
