/** A wish becomes an intent: once, however often and from wherever it is asked for. */
import { sql } from "kysely";
import type { HandOffClass } from "../../model/hand-off.ts";
import type { IntentKind } from "../../model/intent.ts";
import type { Json } from "../../model/json.ts";
import type { Db } from "../db.ts";
import type { RowKey } from "../read/row-key.ts";
import { type Intent, intentsOf, toIntent } from "./intent.ts";

export interface NewIntent {
  readonly sourceId: number;
  readonly jobRow: number;
  readonly kind: IntentKind;
  readonly key: string;
  readonly target: { readonly id: number; readonly attempt: number } | null;
  readonly parameters: Json;
  /** Of everything that two requests with one key must agree on. */
  readonly digest: Buffer;
  readonly principal: string;
  readonly note: string | null;
  readonly handOff: HandOffClass;
  /** Past it, what never left is not sent any more. */
  readonly sendWithinMs: number;
}

/** Null where its key, or its wish, is taken by an intent that is not done yet. */
export async function insertIntent(db: Db, intent: NewIntent): Promise<RowKey | null> {
  const { sourceId, target, parameters, sendWithinMs } = intent;
  const { rows } = await sql<{ id: number }>`
    insert into intent (source_id, job_id, kind, key, target, target_attempt, parameters, digest, principal, note, hand_off, send_until)
    values (${sourceId}, ${intent.jobRow}, ${intent.kind}, ${intent.key}, ${target?.id ?? null}, ${target?.attempt ?? null},
            ${parameters === null ? null : JSON.stringify(parameters)}::jsonb, ${intent.digest}, ${intent.principal},
            ${intent.note}, ${intent.handOff}, now() + make_interval(secs => ${sendWithinMs / 1_000}))
    on conflict do nothing
    returning id`.execute(db);
  const [row] = rows;
  return row ? { sourceId, id: row.id } : null;
}

export async function intentByKey(db: Db, sourceId: number, key: string): Promise<Intent | null> {
  return first(db, sql`(select * from intent where source_id = ${sourceId} and key = ${key})`);
}

export async function intentById(db: Db, { sourceId, id }: RowKey): Promise<Intent | null> {
  return first(db, sql`(select * from intent where source_id = ${sourceId} and id = ${id})`);
}

/** The intent that stands in the way of this one: the same wish for the same run, or a switch of the same job. */
export async function openIntentLike(db: Db, { sourceId, kind, target, jobRow }: NewIntent): Promise<Intent | null> {
  const same = target
    ? sql`kind = ${kind} and target = ${target.id}`
    : sql`kind in ('pause', 'resume') and job_id = ${jobRow}`;
  return first(
    db,
    sql`(select * from intent where source_id = ${sourceId} and ${same} and settled_at is null order by id desc limit 1)`,
  );
}

async function first(db: Db, rows: ReturnType<typeof sql>): Promise<Intent | null> {
  const found = await intentsOf(rows).execute(db);
  return found.rows[0] ? toIntent(found.rows[0]) : null;
}
