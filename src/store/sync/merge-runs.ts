/** One run that we took for two, because it was seen under both of its names before anybody said that they are one. */
import { sql } from "kysely";
import type { RunState } from "../../model/run-state.ts";
import { opensNewAttempt } from "../../model/run-transition.ts";
import type { Db } from "../db.ts";
import { Tally } from "./tally.ts";

/** One of the two rows, as far as it takes part in the decision. */
export interface Half {
  readonly id: number;
  readonly attempt: number;
  readonly state: RunState;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly occurredAt: Date;
  readonly observedAt: Date;
}

export interface Merger {
  /** The row that goes on. */
  readonly was: number;
  /** The row that goes. */
  readonly is: number;
  readonly older: Half;
  /** The row that goes knows more: what it shows is what the run shows from now on. */
  readonly takes: boolean;
  /** What the older row shows is an attempt that had ended before the newer one's began. */
  readonly archives: boolean;
  readonly attempt: number;
  /** When the later of the two was seen. */
  readonly seenAt: Date;
}

/** The later sighting holds, as if it had been a sighting of the other row. Pure. */
export function planMerger(was: Half, is: Half): Merger {
  const takes = is.observedAt >= was.observedAt;
  const [older, newer] = takes ? [was, is] : [is, was];
  const archives = opensNewAttempt(older, newer);
  const attempt = Math.max(newer.attempt, older.attempt + (archives ? 1 : 0));
  return { was: was.id, is: is.id, older, takes, archives, attempt, seenAt: newer.observedAt };
}

/** Run it under the lease. Afterwards the name of the row that went is free. */
export async function mergeRuns(trx: Db, sourceId: number, mergers: readonly Merger[]): Promise<void> {
  if (mergers.length === 0) return;
  await carryHistory(trx, sourceId, mergers);
  await takeNewer(trx, sourceId, mergers);
  await carryActions(trx, sourceId, mergers);
  await sql`delete from run where source_id = ${sourceId} and id = any(${mergers.map(({ is }) => is)}::bigint[])`.execute(
    trx,
  );
  await countOnce(trx, sourceId, mergers);
}

function unnestMergers(mergers: readonly Merger[]) {
  const column = <T>(value: (merger: Merger) => T) => mergers.map(value);
  return sql`unnest(
    ${column(({ was }) => was)}::bigint[], ${column(({ is }) => is)}::bigint[], ${column(({ older }) => older.id)}::bigint[],
    ${column(({ takes }) => takes)}::boolean[], ${column(({ archives }) => archives)}::boolean[],
    ${column(({ attempt }) => attempt)}::int[]) as m(was, "is", older, takes, archives, attempt)`;
}

async function carryHistory(trx: Db, sourceId: number, mergers: readonly Merger[]): Promise<void> {
  await sql`
    with m as (select * from ${unnestMergers(mergers)})
    insert into run_attempt (source_id, run_id, attempt, state, native_state, state_rule, error_kind, error_message,
                             queued_at, started_at, ended_at, observed_at)
    select a.source_id, m.was, a.attempt, a.state, a.native_state, a.state_rule, a.error_kind, a.error_message,
           a.queued_at, a.started_at, a.ended_at, a.observed_at
    from m join run_attempt a on a.source_id = ${sourceId} and a.run_id = m."is"
    union all
    select r.source_id, m.was, r.attempt, r.state, r.native_state, r.state_rule, r.error_kind, r.error_message,
           r.queued_at, r.started_at, r.ended_at, r.observed_at
    from m join run r on r.source_id = ${sourceId} and r.id = m.older
    where m.archives
    on conflict (source_id, run_id, attempt) do nothing`.execute(trx);
}

/** What was asked of the row that goes was asked of the row that stays; who holds it and how far it is stay as they are. */
async function carryActions(trx: Db, sourceId: number, mergers: readonly Merger[]): Promise<void> {
  await sql`
    with concerned as (
      select i.id, i.epoch, i.state, m.was, m."is"
      from intent i join ${unnestMergers(mergers)} on i.run_id = m."is" or i.target = m."is"
      where i.source_id = ${sourceId} for no key update of i)
    update intent i
    set run_id = case when i.run_id = c."is" then c.was else i.run_id end,
        -- Of two open wishes that are the same by now, the second stays where it was and finds its run gone.
        target = case when i.target = c."is" and not exists (
          select from intent o where o.source_id = i.source_id and o.target = c.was and o.kind = i.kind
            and o.settled_at is null and i.settled_at is null) then c.was else i.target end
    from concerned c
    where i.source_id = ${sourceId} and i.id = c.id and i.epoch = c.epoch and i.state = c.state`.execute(trx);
}

async function takeNewer(trx: Db, sourceId: number, mergers: readonly Merger[]): Promise<void> {
  await sql`
    update run r
    set attempt = m.attempt, state = n.state, native_state = n.native_state, state_rule = n.state_rule,
        cause_kind = n.cause_kind, cause_by = n.cause_by, cause_key = coalesce(n.cause_key, r.cause_key),
        parameters = n.parameters, error_kind = n.error_kind, error_message = n.error_message, queued_at = n.queued_at,
        started_at = n.started_at, ended_at = n.ended_at, url = n.url, occurred_at = n.occurred_at,
        observed_at = n.observed_at, gone_at_source = n.gone_at_source
    from ${unnestMergers(mergers)}
    join run n on n.source_id = ${sourceId} and n.id = case when m.takes then m."is" else m.was end
    where r.source_id = ${sourceId} and r.id = m.was`.execute(trx);
}

/** Both rows were counted. What the older one showed is so no more. */
async function countOnce(trx: Db, sourceId: number, mergers: readonly Merger[]): Promise<void> {
  const tally = new Tally();
  for (const { older, seenAt } of mergers) tally.move(older, null, seenAt);
  const moves = tally.moves();
  await sql`
    update run_tally t set runs = t.runs + m.delta
    from unnest(
      ${moves.map(({ span }) => span)}::smallint[], ${moves.map(({ bucket }) => bucket)}::timestamptz[],
      ${moves.map(({ state }) => state)}::text[], ${moves.map(({ delta }) => delta)}::bigint[]
    ) as m(span, bucket, state, delta)
    where t.source_id = ${sourceId} and t.span = m.span and t.bucket = m.bucket and t.state = m.state`.execute(trx);
}
