/** A source as it is shown, and how fresh our picture of it is. */
import type { BackfillView, SourceView } from "../../model/view.ts";
import { column, type Field, type Fields, moment } from "./fields.ts";
import { toIso, utc } from "./moment.ts";

/** A source not read for three of its paces, and at least two minutes, is not being read as it should. */
const LATE_PACES = 3;
const LATE_AT_LEAST_MS = 120_000;

/** By the database's clock: the one that stamped `synced_at`. */
export const stale = column(`sync.reachable is not true or sync.synced_at is null or sync.synced_at < now()
  - greatest(${LATE_PACES} * coalesce(sync.pace_ms, 0), ${LATE_AT_LEAST_MS}) * interval '1 millisecond'`);

/** An unchanged row is not rewritten, so it is as fresh as the last look at its source, unless that no longer showed it. */
export function observed(observedAt: string, goneAt: string): Field {
  const seenAt = `case when sync.reachable and ${goneAt} is null then sync.synced_at end`;
  return moment(`greatest(${observedAt}, ${seenAt})`);
}

export const SOURCE_KEYS = ["id"] as const;

export const SOURCE_FIELDS: Fields<SourceView> = {
  id: column("source.id"),
  name: column("source.name"),
  adapter: column("source.adapter"),
  url: column("source.url"),
  labels: column("source.labels"),
  capabilities: column("source.capabilities"),
  handOff: column("source.hand_off"),
  reachable: column("sync.reachable"),
  version: column("sync.version"),
  fault: column("sync.fault"),
  error: column("sync.error"),
  missingRights: column("coalesce(sync.missing_rights, '{}')"),
  // What cannot be read beside jobs and runs is a trouble too, and not a fault of the source.
  troubles: column(`coalesce(sync.troubles, '{}')
    || array_remove(array['gates: ' || sync.gates_error, 'links: ' || sync.links_error], null)`),
  clockSkewMs: column("sync.clock_skew_ms"),
  latencyMs: column("sync.latency_ms"),
  paceMs: column("sync.pace_ms"),
  attemptedAt: moment("sync.attempted_at"),
  lastSyncedAt: moment("sync.synced_at"),
  lagMs: column("round(extract(epoch from now() - sync.synced_at) * 1000)::bigint"),
  jobs: column("coalesce(sync.jobs, 0)"),
  backfill: {
    columns: [
      utc("sync.backfill_from"),
      utc("sync.backfill_reached"),
      utc("sync.backfill_done_at"),
      "coalesce(sync.backfill_runs, 0)",
    ],
    read: (row, at) => toBackfill(row.slice(at, at + 4) as BackfillRow),
  },
};

type BackfillRow = [from: string | null, reached: string | null, doneAt: string | null, runs: number];

function toBackfill([from, reached, doneAt, runs]: BackfillRow): BackfillView | null {
  return from === null ? null : { from: toIso(from), reached: toIso(reached), doneAt: toIso(doneAt), runs };
}
