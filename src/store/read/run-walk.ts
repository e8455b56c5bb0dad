/** A walk along the time line through one lane or several, by an index that holds each lane in this order. */
import type { Keyset, RunFilter, RunOrder } from "../../model/view.ts";
import { runConditions } from "./run-filter.ts";
import { type Lanes, lanesOf } from "./run-lanes.ts";
import { every, type Values } from "./statement.ts";

export interface Walk {
  readonly lanes: Lanes;
  /** Of each way one list: what holds for a run on it, in its lane. No run is on two. */
  readonly ways: readonly (readonly string[])[];
  /** What holds for every run of the walk, whichever its lane and way. */
  readonly conditions: readonly string[];
  readonly by: string;
}

export interface WalkAsked {
  readonly filter: RunFilter;
  readonly order: RunOrder;
  readonly after?: Keyset | undefined;
}

export function walkOf({ filter, order, after }: WalkAsked, values: Values): Walk {
  const down = order === "started-desc";
  const lanes = lanesOf(filter, values);
  const conditions = runConditions(filter, values);
  if (after) {
    const key = `(${values.bind(after.at, "timestamptz")}, ${values.bind(after.id, "bigint")})`;
    conditions.push(`(run.occurred_at, run.id) ${down ? "<" : ">"} ${key}`);
  }
  const { ended, near } = endConditions(filter, values);
  const here = [...lanes.conditions, ...conditions, ...ended];
  return {
    lanes,
    ways:
      ended.length === 0
        ? [here]
        : [
            [...here, ...near, LENGTH_OF_A_DAY],
            [...here, ODD_LENGTH],
          ],
    conditions: [...lanes.ofRun, ...conditions, ...ended],
    by: down ? "occurred_at desc, id desc" : "occurred_at, id",
  };
}

/**
 * When a run ended is in no index, for nearly all end within a day of their place on the time line, and that is in all
 * of them. The others have an index of their own, so the answer is exact.
 */
const LENGTH = "run.ended_at - run.occurred_at";
const LENGTH_OF_A_DAY = `${LENGTH} between interval '0' and interval '1 day'`;
const ODD_LENGTH = `${LENGTH} not between interval '0' and interval '1 day'`;

function endConditions({ endedAfter, endedBefore }: RunFilter, values: Values) {
  const ended: string[] = [];
  const near: string[] = [];
  if (endedAfter) {
    const after = values.bind(endedAfter, "timestamptz");
    ended.push(`run.ended_at >= ${after}`);
    near.push(`run.occurred_at >= ${after} - interval '24 hours'`);
  }
  if (endedBefore) {
    const before = values.bind(endedBefore, "timestamptz");
    ended.push(`run.ended_at < ${before}`);
    near.push(`run.occurred_at < ${before}`);
  }
  return { ended, near };
}

/** The keys of the first `limit` runs of the walk, in order. `limit` is written out, for the planner has to know it. */
export function keysOnWalk({ lanes, ways, by }: Walk, limit: number): string {
  const order = `order by ${by} limit ${limit}`;
  const keys = ways.map((way) => {
    const lane = `select source_id, id, occurred_at from run where ${every(way)} ${order}`;
    return lanes.from ? `(select k.* from ${lanes.from} cross join lateral (${lane}) k ${order})` : `(${lane})`;
  });
  return keys.length === 1 ? (keys[0] ?? "") : `(select * from (${keys.join(" union all ")}) k ${order})`;
}

/** Whole runs. Keys are carried alone, for most of what several lanes find falls off the page; `keys` selects what stays. */
export function runsAt(keys: string, by: string): string {
  return `select run.* from (${keys}) k
    cross join lateral (select * from run where run.source_id = k.source_id and run.id = k.id offset 0) run
    order by ${by}`;
}

/** Whole runs of the walk, without a detour where there is a single lane. */
export function runsOnWalk(walk: Walk, limit: number): string {
  const { lanes, ways, by } = walk;
  if (lanes.from || ways.length > 1) return runsAt(keysOnWalk(walk, limit), by);
  return `select run.* from run where ${every(ways[0] ?? [])} order by ${by} limit ${limit}`;
}
