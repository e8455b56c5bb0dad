/**
 * A list of runs is read in lanes, each of which an index holds in order: one a job, one a source, one a state, or a
 * single one for everything. The newest of all are among the newest of each lane, so no more than a page of each is read.
 */
import { parseReference } from "../../model/reference.ts";
import type { CauseKind } from "../../model/foreign.ts";
import { isRunState, type RunState } from "../../model/run-state.ts";
import type { RunFilter } from "../../model/view.ts";
import { sourceConditions } from "./source-filter.ts";
import { every, type Values } from "./statement.ts";

export interface Lanes {
  /** Selects one row `lane` each; absent when there is a single lane. */
  readonly from?: string;
  /** What holds for a run of its lane. */
  readonly conditions: readonly string[];
  /** The same, of a run and of a job that were found beside the lanes. */
  readonly ofRun: readonly string[];
  readonly ofJob: readonly string[];
}

export function lanesOf(filter: RunFilter, values: Values): Lanes {
  const source = sourceConditions(filter, values);
  const states = filter.state && statesOf(filter.state);
  if (filter.job) return jobLanes(jobsNamed(filter.job, source, values), states);
  if (source.length > 0) return sourceLanes(`select source.id as source_id from source where ${every(source)}`, states);
  if (!states && filter.cause && !filter.cause.some(isUsualCause)) return causeLanes(filter.cause, values);
  return stateLanes(states);
}

function jobLanes(jobs: string, states: States | undefined): Lanes {
  const state = states ? [states.anyOf] : [];
  return {
    from: `(${jobs}) lane`,
    conditions: ["run.source_id = lane.source_id", "run.job_id = lane.job_id", ...state],
    ofRun: [`(run.source_id, run.job_id) in (${jobs})`, ...state],
    ofJob: [`(job.source_id, job.id) in (${jobs})`],
  };
}

/** Nearly every run succeeds, so those are found soon in any list of a source; the other states have lanes of their own. */
function sourceLanes(sources: string, states: States | undefined): Lanes {
  const ofJob = [`job.source_id in (${sources})`];
  const ofRun = [`run.source_id in (${sources})`, ...(states ? [states.anyOf] : [])];
  if (!states || states.usual) {
    const state = states ? [states.anyOf] : [];
    return { from: `(${sources}) lane`, conditions: ["run.source_id = lane.source_id", ...state], ofRun, ofJob };
  }
  const lanes = `(select s.source_id, t.state from (${sources}) s cross join (${states.rows}) t) lane`;
  return { from: lanes, conditions: ["run.source_id = lane.source_id", ...STATE_OF_LANE], ofRun, ofJob };
}

function stateLanes(states: States | undefined): Lanes {
  if (!states) return { conditions: [], ofRun: [], ofJob: [] };
  const ofRun = [states.anyOf];
  if (states.usual || states.single) return { conditions: ofRun, ofRun, ofJob: [] };
  return { from: `(${states.rows}) lane`, conditions: STATE_OF_LANE, ofRun, ofJob: [] };
}

function isUsualCause(cause: CauseKind): boolean {
  return cause === "schedule" || cause === "unknown";
}

function causeLanes(causes: readonly CauseKind[], values: Values): Lanes {
  return {
    from: `(select distinct unnest(${values.bind(causes, "text[]")}) as cause) lane`,
    conditions: ["run.cause_kind = lane.cause", "run.cause_kind not in ('schedule', 'unknown')"],
    ofRun: [],
    ofJob: [],
  };
}

/** The second says nothing new; it is how the planner sees that the partial index holds them. */
const STATE_OF_LANE = ["run.state = lane.state", "run.state <> 'succeeded'"];

/** Selects `source_id, job_id` of each job that exists, once. */
function jobsNamed(references: readonly string[], source: readonly string[], values: Values): string {
  const wanted = references.map(parseReference);
  const sources = values.bind(
    wanted.map((job) => job.source),
    "text[]",
  );
  const jobs = values.bind(
    wanted.map((job) => job.jobId),
    "text[]",
  );
  return `select distinct job.source_id, job.id as job_id from unnest(${sources}, ${jobs}) as wanted(source, job)
    join source on source.name = wanted.source and ${every(source)}
    cross join lateral (
      select source_id, id from job where job.source_id = source.id and job.external_id = wanted.job offset 0) job`;
}

interface States {
  readonly anyOf: string;
  /** Selects one row a state. */
  readonly rows: string;
  readonly single: boolean;
  readonly usual: boolean;
}

/** Written into the text and not bound: the planner sees which index holds them. They come from a closed set. */
function statesOf(states: readonly RunState[]): States {
  const known = [...new Set(states)].filter(isRunState).sort();
  const list = `array[${known.map((state) => `'${state}'`).join(", ")}]::text[]`;
  return {
    anyOf: known.length === 1 ? `run.state = '${known[0]}'` : `run.state = any(${list})`,
    rows: `select unnest(${list}) as state`,
    single: known.length === 1,
    usual: known.includes("succeeded"),
  };
}
