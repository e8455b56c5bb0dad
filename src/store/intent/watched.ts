/** The runs that somebody waits for: begun or stopped through us, and not ended yet. The sync asks for these first. */
import { sql } from "kysely";
import type { ForeignRunRef } from "../../model/foreign.ts";
import type { Db } from "../db.ts";

export interface WatchedRun extends ForeignRunRef {
  readonly sourceId: number;
}

export async function watchedRuns(db: Db, sourceIds: readonly number[]): Promise<WatchedRun[]> {
  if (sourceIds.length === 0) return [];
  const { rows } = await sql<WatchedRun>`
    select distinct i.source_id as "sourceId", j.external_id as "jobId", r.external_id as "runId"
    from intent i
    join run r on r.source_id = i.source_id and r.id = coalesce(i.run_id, i.target)
    join job j on j.source_id = r.source_id and j.id = r.job_id
    where i.source_id = any(${[...sourceIds]}::int[]) and i.watch_until > now()
      and r.state in ('queued', 'running', 'waiting', 'unknown') and r.gone_at_source is null`.execute(db);
  return rows;
}

/** Lets go of those that have ended, so that the list stays as short as what it names. */
export async function stopWatching(db: Db): Promise<number> {
  const { numAffectedRows } = await sql`
    update intent i set watch_until = null
    from (
      select i.source_id, i.id, i.epoch, i.state from intent i
      left join run r on r.source_id = i.source_id and r.id = coalesce(i.run_id, i.target)
      where i.watch_until is not null
        and (i.watch_until <= now() or r.gone_at_source is not null or r.state not in ('queued', 'running', 'waiting', 'unknown'))
      limit 1000
      for no key update of i skip locked
    ) done
    where i.source_id = done.source_id and i.id = done.id and i.epoch = done.epoch and i.state = done.state`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}
