/**
 * The one way in which an intent changes its state: under the epoch of its holder, out of the state he believes it to be
 * in, and with a line that says what was called and what came back. Nothing is read here that decides anything.
 */
import { sql } from "kysely";
import type { CallName, CallOutcome, Evidence, IntentFault, IntentState } from "../../model/intent.ts";
import { mayFollow } from "../../model/intent-transition.ts";
import type { Db } from "../db.ts";
import type { Hold } from "./claim.ts";

/** Somebody else works on this intent by now, or has settled it: nothing was written. */
export class Superseded extends Error {
  constructor(hold: Hold) {
    super(`intent ${hold.sourceId}/${hold.id} has been taken over since epoch ${hold.epoch}`);
    this.name = "Superseded";
  }
}

export interface Held extends Hold {
  readonly state: IntentState;
}

export interface Call {
  readonly call: CallName;
  readonly outcome: CallOutcome;
  readonly detail: string | null;
  readonly tookMs: number | null;
}

export interface Move {
  readonly to: IntentState;
  readonly call: Call;
  /** From now; ignored by a state that is settled. */
  readonly againInMs: number;
  /** Another look was taken, so that the next one waits longer. */
  readonly looked?: boolean;
  readonly fault?: { readonly fault: IntentFault; readonly error: string } | null;
  readonly became?: Became;
  /** How long the sync shall ask for its run as often as it may. */
  readonly watchMs?: number;
  /** It may leave for so long from now. */
  readonly sendWithinMs?: number;
}

/** The run that a start or a retry has become. */
export interface Became {
  readonly externalRun: string;
  readonly foundBy: Evidence;
  /** Null where it could not be kept in the mirror. */
  readonly runRow: number | null;
  readonly merged: boolean;
  readonly warning: string | null;
}

const TEXT_LENGTH = 2_000;

/** Gives the intent back. Throws `Superseded`. */
export async function moveIntent(db: Db, held: Held, move: Move): Promise<void> {
  const { to, became, fault, watchMs, sendWithinMs } = move;
  if (!mayFollow(held.state, to)) throw new Error(`an intent that is ${held.state} cannot become ${to}`);
  const settles = to === "confirmed" || to === "refused" || to === "abandoned";
  const run = became
    ? sql`, external_run = ${storable(became.externalRun)}, found_by = ${became.foundBy}, run_id = ${became.runRow}::bigint,
          merged = ${became.merged}, warning = ${became.warning === null ? null : storable(became.warning)}`
    : sql``;
  const watched =
    watchMs === undefined ? sql`` : sql`, watch_until = now() + make_interval(secs => ${watchMs / 1_000})`;
  const inTime =
    sendWithinMs === undefined ? sql`` : sql`, send_until = now() + make_interval(secs => ${sendWithinMs / 1_000})`;
  // Left out, the last word stays: it is why we are still at it.
  const said =
    fault === undefined ? sql`` : sql`, fault = ${fault?.fault ?? null}, error = ${fault && storable(fault.error)}`;
  await guarded(
    db,
    held,
    move.call,
    sql`state = ${to}, owner = null, lease_until = null,
        next_at = ${settles ? null : sql`now() + make_interval(secs => ${move.againInMs / 1_000})`},
        settled_at = ${settles ? sql`now()` : null}, looks = looks + ${move.looked ? 1 : 0}${said}${run}${watched}${inTime}`,
  );
}

/** Committed before any byte leaves: from here on a run is possible. The holder keeps the intent. */
export async function beginSending(db: Db, held: Held, call: Call): Promise<Held> {
  if (!mayFollow(held.state, "sending")) throw new Error(`an intent that is ${held.state} cannot be sent`);
  await guarded(
    db,
    held,
    call,
    sql`state = 'sending', sent_at = clock_timestamp(), first_sent_at = coalesce(first_sent_at, clock_timestamp()), sends = sends + 1`,
  );
  return { ...held, state: "sending" };
}

async function guarded(db: Db, held: Held, call: Call, change: ReturnType<typeof sql>): Promise<void> {
  const { sourceId, id, epoch, state } = held;
  const { rows } = await sql`
    with moved as (
      update intent set ${change}
      where source_id = ${sourceId} and id = ${id} and epoch = ${epoch} and state = ${state}
      returning source_id, id, epoch
    )
    insert into intent_call (source_id, intent_id, epoch, call, outcome, detail, took_ms)
    select source_id, id, epoch, ${call.call}, ${call.outcome}, ${call.detail === null ? null : storable(call.detail)}::text,
           ${call.tookMs}::float8
    from moved returning id`.execute(db);
  if (rows.length === 0) throw new Superseded(held);
}

function storable(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replaceAll("\0", "")
    .slice(0, TEXT_LENGTH);
}
