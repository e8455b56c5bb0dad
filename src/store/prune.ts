/** What nobody reads any more, a piece at a time: no statement holds more than it can let go of in a moment. */
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./db.ts";
import { MINUTES_KEPT_DAYS } from "./sync/tally.ts";

const ROWS_A_STATEMENT = 5_000;

interface Prunable {
  readonly table: string;
  /** By the index that finds them. */
  readonly past: RawBuilder<unknown>;
}

export type PrunedName = "minute-tallies" | "credentials" | "quarantine" | "ended-gates" | "former-names";

const PRUNED: Readonly<Record<PrunedName, Prunable>> = {
  // A week beyond the last one that anybody counts in, by clocks that may be days apart.
  "minute-tallies": {
    table: "run_tally",
    past: sql`span = 1 and bucket < now() - make_interval(days => ${MINUTES_KEPT_DAYS + 7})`,
  },
  // Kept for a month, so that "why can I not sign in" has an answer.
  credentials: {
    table: "credential",
    past: sql`expires_at < now() - interval '30 days'`,
  },
  quarantine: { table: "quarantine", past: sql`last_seen_at < now() - interval '30 days'` },
  "ended-gates": { table: "foreign_gate", past: sql`ended_at < now() - interval '90 days'` },
  "former-names": { table: "run_name", past: sql`told_at < now() - interval '31 days'` },
};

export const PRUNED_NAMES = Object.keys(PRUNED) as PrunedName[];

/** Answers with how many went; fewer than `full` means that none is left. */
export async function prune(db: Db, name: PrunedName): Promise<{ readonly rows: number; readonly full: boolean }> {
  const { table, past } = PRUNED[name];
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where ${past} limit ${ROWS_A_STATEMENT} for update skip locked))`.execute(
    db,
  );
  return { rows: Number(numAffectedRows), full: Number(numAffectedRows) === ROWS_A_STATEMENT };
}
