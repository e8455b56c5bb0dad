/**
 * Whose turn a chore is. Every replica asks, the row decides: one of them does it, once a night.
 *
 *   due ──claim──► claimed ──settle──► done, until the next night
 *    ▲                │ given back unfinished, or the claim ran out with its holder
 *    └────────────────┘
 */
import { sql } from "kysely";
import type { Db } from "./db.ts";

/** Longer than a chore may take, so that a claim that ran out belongs to nobody who still works. */
const CLAIM_MINUTES = 20;
/** At night from 20 hours on; by day only what a night has missed. */
const NIGHT = sql`extract(hour from now() at time zone 'UTC') between 1 and 4`;

/** True for one asker, and for nobody again before the next night. */
export async function claimChore(db: Db, name: string, owner: string): Promise<boolean> {
  const { rows } = await sql`
    insert into chore as c (name, owner, claimed_until, begun_at)
    values (${name}, ${owner}, now() + make_interval(mins => ${CLAIM_MINUTES}), now())
    on conflict (name) do update
    set owner = excluded.owner, claimed_until = excluded.claimed_until, begun_at = excluded.begun_at
    where (c.claimed_until is null or c.claimed_until < now())
      and (c.done_at is null or c.done_at < now() - case when ${NIGHT} then interval '20 hours' else interval '28 hours' end)
    returning c.name`.execute(db);
  return rows.length > 0;
}

/** `done` false gives it back, and whoever asks next goes on with it. Changes nothing for one whose claim ran out. */
export async function settleChore(
  db: Db,
  { name, owner, rows, done }: { name: string; owner: string; rows: number; done: boolean },
): Promise<void> {
  await sql`
    update chore set owner = null, claimed_until = null, rows = ${rows}, done_at = case when ${done} then now() else done_at end
    where name = ${name} and owner = ${owner}`.execute(db);
}
