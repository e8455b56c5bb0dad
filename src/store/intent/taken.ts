/** What is no longer to be had when one looks for a run that nobody named: runs that other intents have become. */
import { sql } from "kysely";
import type { Db } from "../db.ts";
import type { Intent } from "./intent.ts";

const MOST = 500;

export async function takenRuns(db: Db, { sourceId, jobRow, id }: Intent): Promise<readonly string[]> {
  const { rows } = await sql<{ runId: string }>`
    select coalesce(r.external_id, i.external_run) as "runId"
    from intent i left join run r on r.source_id = i.source_id and r.id = i.run_id
    where i.source_id = ${sourceId} and i.job_id = ${jobRow} and i.id <> ${id} and i.external_run is not null
    order by i.created_at desc, i.id desc limit ${MOST}`.execute(db);
  return rows.map(({ runId }) => runId);
}
