/** How much waits in the queue that state is, for the metrics. */
import { sql } from "kysely";
import type { IntentState } from "../../model/intent.ts";
import type { Db } from "../db.ts";

export interface QueueDepth {
  readonly state: IntentState;
  readonly intents: number;
  readonly oldest: Date;
}

export async function queueDepths(db: Db): Promise<QueueDepth[]> {
  const { rows } = await sql<QueueDepth>`
    select state, count(*)::int as intents, min(created_at) as oldest from intent where settled_at is null group by state`.execute(
    db,
  );
  return rows;
}
