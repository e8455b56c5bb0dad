/**
 * Runs by a piece of text: part of their job's name or id, part of their error, or the beginning of their own id.
 *
 * A common word is found soon along the time line and a rare one soon in an index of words, and each way is hopeless for
 * the other kind. So the newest runs are looked through first, and only what that leaves missing is looked up.
 */
import { keysOnWalk, runsOnWalk, type Walk } from "./run-walk.ts";
import { every, type Values } from "./statement.ts";
import { beginning, somewhere } from "./text-pattern.ts";

/** How many runs, and runs with an error, are looked through one by one: a few milliseconds' worth. */
const LOOKED_THROUGH = 2_000;
const ERRORS_LOOKED_THROUGH = 1_000;
/** With no more jobs and ids than these, looking them up is cheaper than looking through anything. */
const FEW = 200;
/** With more than these to look up, the word is common after all, only not lately: then we walk on. */
const JOBS_LOOKED_UP = 2_000;
const IDS_LOOKED_UP = 50_000;
const ERRORS_LOOKED_UP = 20_000;

/** What a found run is judged by; whole rows of so many would not fit in memory. */
const JUDGED = "source_id, id, job_id, state, cause_kind, started_at, ended_at, occurred_at";
const KEYS = "run.source_id, run.id, run.occurred_at";

export interface SearchAsked {
  readonly text: string;
  /** The place of the page's size, and what it never exceeds. */
  readonly limit: string;
  readonly most: number;
}

/** Selects the keys of the first `limit` runs on the walk that hold the text, in order. */
export function keysWithText(walk: Walk, { text, limit, most }: SearchAsked, values: Values): string {
  const { by, conditions, lanes } = walk;
  const { hasId, hasError, hasText, part } = matches(text, values);
  const page = `order by ${by} limit ${limit}`;
  const lookUp = "(select yes from incomplete) and not (select yes from common)";

  // A part is carried out only when it is read from, and is read from only when those before it were not enough.
  return `with job_hit as materialized (
      select source_id, id from job where ${every([`search like ${part}`, ...lanes.ofJob])}
      order by source_id, id limit ${JOBS_LOOKED_UP}),
    few as materialized (select (select count(*) from job_hit) <= ${FEW}
      and (select count(*) from (select 1 from run where ${hasId} order by external_id limit ${FEW + 1}) i) <= ${FEW} as yes),

    newest as materialized (select * from (${runsOnWalk(walk, LOOKED_THROUGH)}) run where not (select yes from few)),
    found as materialized (select ${KEYS} from newest run where ${hasText} limit ${limit}),
    incomplete as materialized (
      select (select yes from few) or (${isCut("found", "newest", { limit, full: LOOKED_THROUGH })}) as yes),

    id_hit as materialized (select ${JUDGED} from run where ${hasId} order by external_id limit ${IDS_LOOKED_UP}),
    common as materialized (select (select count(*) from job_hit) = ${JOBS_LOOKED_UP}
      or (not (select yes from few) and (select count(*) from id_hit) = ${IDS_LOOKED_UP}) as yes),

    newest_error as materialized (${runsOnWalk(narrowed(walk, "run.error_message is not null"), ERRORS_LOOKED_THROUGH)}),
    error_found as materialized (select ${KEYS} from newest_error run where ${hasError} limit ${limit}),
    error_incomplete as materialized (
      select ${isCut("error_found", "newest_error", { limit, full: ERRORS_LOOKED_THROUGH })} as yes)

    select * from (
      select * from found
      union (${keysOfJobs(conditions, by, most)} and ${lookUp} ${page})
      union (select ${KEYS} from id_hit run where ${every([lookUp, ...conditions])} ${page})
      union (select * from error_found where ${lookUp})
      union (select ${KEYS} from run
        where ${every([lookUp, "(select yes from error_incomplete)", "run.error_message is not null", hasError, ...conditions])}
        order by ${by} limit ${ERRORS_LOOKED_UP})
      union (select * from (${keysOnWalk(narrowed(walk, hasText), most)}) k
        where (select yes from incomplete) and (select yes from common))
    ) k ${page}`;
}

function matches(text: string, values: Values) {
  const part = values.bind(somewhere(text), "text");
  const { from, to } = beginning(text);
  const hasId = `run.external_id >= ${values.bind(from, "text")} and run.external_id < ${values.bind(to, "text")}`;
  const hasError = `lower(run.error_message) like ${part}`;
  // The jobs that hold it are known by now, and a hash of them answers for a run thirty times as fast as a look at its
  // job. But were there too many to list, that look is left; and it is no join, so that no plan begins with every job.
  const hasJob = `case when (select count(*) from job_hit) < ${JOBS_LOOKED_UP}
    then (run.source_id, run.job_id) in (select source_id, id from job_hit)
    else (select search from job where job.source_id = run.source_id and job.id = run.job_id) like ${part} end`;
  return { part, hasId, hasError, hasText: `((${hasId}) or ${hasError} or ${hasJob})` };
}

/** Fewer found than a page, and more to look through. */
function isCut(found: string, lookedThrough: string, { limit, full }: { limit: string; full: number }): string {
  return `(select count(*) from ${found}) < ${limit} and (select count(*) from ${lookedThrough}) = ${full}`;
}

function narrowed(walk: Walk, condition: string): Walk {
  return { ...walk, ways: walk.ways.map((way) => [...way, condition]) };
}

/** A page holds runs of no more jobs than it has places: those whose latest run is the latest. Ends in an open `where`. */
function keysOfJobs(conditions: readonly string[], by: string, most: number): string {
  const ofJob = (job: string) =>
    every([`run.source_id = ${job}.source_id`, `run.job_id = ${job}.job_id`, ...conditions]);
  return `select k.* from (
      select j.source_id, j.job_id from (select source_id, id as job_id from job_hit) j
      cross join lateral (select occurred_at, id from run where ${ofJob("j")} order by ${by} limit 1) latest
      order by ${by} limit ${most}) best
    cross join lateral (select ${KEYS} from run where ${ofJob("best")} order by ${by} limit ${most}) k
    where true`;
}
