/**
 * Counts by source and state over the last hours, from what is counted as runs arrive: `run` itself is never read.
 *
 * Whole hours come from the hours' buckets and what is left at the beginning of the window from the minutes'. Those are
 * kept for days and not for ever, so a window of more than two days begins at a whole hour.
 */
import type { RunState } from "../../model/run-state.ts";
import type { FleetView } from "../../model/view.ts";
import type { Db } from "../db.ts";
import { reading, type Wanted } from "./fields.ts";
import { toIso, utc } from "./moment.ts";
import { SOURCE_FIELDS, SOURCE_KEYS } from "./source-fields.ts";
import { ask, rowsOf, Values } from "./statement.ts";

export interface FleetQuestion {
  readonly lastMs: number;
  /** Of every source that is counted; none unless asked for. */
  readonly wanted?: Pick<Wanted, "source"> | undefined;
}

type FleetRow = [
  since: string,
  until: string,
  counts: [sourceId: number, state: RunState, runs: number][],
  sources: unknown[][],
];

const asked = new WeakMap<Db, Map<string, Promise<FleetView>>>();

/** Whoever asks while the same is being counted shares the answer, which says until when it is true. */
export function fleet(db: Db, question: FleetQuestion): Promise<FleetView> {
  const ofDb = asked.get(db) ?? new Map<string, Promise<FleetView>>();
  asked.set(db, ofDb);
  const key = JSON.stringify(question);
  const counting = ofDb.get(key) ?? count(db, question).finally(() => ofDb.delete(key));
  ofDb.set(key, counting);
  return counting;
}

/**
 * Runs that ended in the window, and those that are open now. The hour in which the window begins is counted by whichever
 * of its halves holds fewer minutes: those inside are added, or the whole hour less those outside.
 */
async function count(db: Db, { lastMs, wanted }: FleetQuestion): Promise<FleetView> {
  const values = new Values();
  const last = `${values.bind(lastMs, "double precision")} * interval '1 millisecond'`;
  const source = reading(SOURCE_FIELDS, { wanted: wanted?.source ?? [], always: SOURCE_KEYS });
  const text = `with edges as materialized (${edges(last)}),
    counted as materialized (${COUNTED})
    select json_build_array(${utc("since")}, ${utc("until")},
      ${rowsOf(["source_id", "state", "runs"], "counted", "source_id, state")},
      ${wanted ? rowsOf(source.columns, SOURCES, "source.id") : "'[]'::json"})::text as answer from edges`;
  const [since, until, counts, sources] = await ask<FleetRow>(db, text, values);
  return {
    since: toIso(since),
    until: toIso(until),
    counts: counts.map(([sourceId, state, runs]) => ({ sourceId, state, runs })),
    ...(wanted && { sources: sources.map(source.view) }),
  };
}

// `forever` is not written as a constant: of a range without an end the planner thinks it is a third of the table.
function edges(last: string): string {
  return `select since, now() as until, timestamptz 'infinity' as forever,
      case when late then hour + interval '1 hour' else hour end as whole,
      case when late then since end as add_from, hour + interval '1 hour' as add_to,
      case when not late then hour end as less_from, since as less_to
    from (select since, date_bin('1 hour', since, 'epoch') as hour, extract(minute from since) >= 30 as late
      from (select date_trunc(case when ${last} <= interval '2 days' then 'minute' else 'hour' end, now() - ${last}) as since) s) h`;
}

const COUNTED = `select source_id, state, sum(runs)::bigint as runs from (
    select source_id, state, runs from run_tally where span = 0 and bucket = '-infinity'
    union all select source_id, state, runs from run_tally
      where span = 60 and bucket >= (select whole from edges) and bucket < (select forever from edges)
    union all select source_id, state, runs from run_tally
      where span = 1 and bucket >= (select add_from from edges) and bucket < (select add_to from edges)
    union all select source_id, state, -runs from run_tally
      where span = 1 and bucket >= (select less_from from edges) and bucket < (select less_to from edges)
  ) c group by source_id, state having sum(runs) > 0`;

const SOURCES = `(select * from source where id in (select source_id from counted)) source
  left join source_sync sync on sync.source_id = source.id`;
