/** What the tallies say of a source, and what a scan of its runs says. */
import { sql } from "kysely";
import type { Db } from "../../../src/store/db.ts";

export async function scanned(db: Db, sourceId: number): Promise<unknown[]> {
  const { rows } = await sql`
    select 0 as span, '-infinity' as bucket, state, count(*) as runs from run
    where source_id = ${sourceId} and state in ('queued', 'running', 'waiting', 'unknown') group by state
    union all
    select s.span, date_bin(make_interval(mins => s.span), coalesce(ended_at, occurred_at), 'epoch')::text, state, count(*)
    from run, (values (1), (60)) as s(span)
    where source_id = ${sourceId} and state not in ('queued', 'running', 'waiting', 'unknown')
    group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  return rows;
}

export async function kept(db: Db, sourceId: number): Promise<unknown[]> {
  const { rows } = await sql`
    select span, bucket::text, state, runs from run_tally
    where source_id = ${sourceId} and runs <> 0 order by 1, 2, 3`.execute(db);
  return rows;
}
