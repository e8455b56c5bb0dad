/** Rows that could not be understood or stored, kept with their reason so that the rest can go on. */
import { sql } from "kysely";
import type { Db } from "../db.ts";
import { sampleOf } from "./sample.ts";

export interface Rejection {
  readonly kind: "job" | "run" | "gate" | "link";
  readonly id: string | null;
  readonly reason: string;
  readonly sample: unknown;
}

const ID_LENGTH = 500;
const REASON_LENGTH = 1_000;

/** A row seen again counts, and shows its latest reason. */
export async function quarantine(trx: Db, sourceId: number, rejections: readonly Rejection[]): Promise<void> {
  const rows = [...new Map(rejections.map((row) => [`${row.kind} ${row.id}`, row])).values()];
  if (rows.length === 0) return;
  await sql`
    insert into quarantine as q (source_id, kind, external_id, reason, sample)
    select ${sourceId}, kind, external_id, reason, sample
    from unnest(
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => plain(row.id ?? "(no id)").slice(0, ID_LENGTH))}::text[],
      ${rows.map((row) => plain(row.reason).slice(0, REASON_LENGTH))}::text[],
      ${rows.map((row) => plain(sampleOf(row.sample)))}::text[]
    ) as rejected(kind, external_id, reason, sample)
    on conflict (source_id, kind, external_id) do update
    set reason = excluded.reason, sample = excluded.sample, times = q.times + 1, last_seen_at = now()`.execute(trx);
}

/** What is in quarantine must itself be storable. */
function plain(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD").replaceAll("\0", "\u2400");
}
