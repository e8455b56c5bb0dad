/**
 * What a reader is shown: rows as the store's reading queries answer them, times as ISO 8601 texts, straight from the
 * database and on to the wire without a stop.
 */
import type { Capability } from "./capability.ts";
import type { Fault } from "./fault.ts";
import type { CauseKind } from "./foreign.ts";
import type { HandOffClass } from "./hand-off.ts";
import type { CallName, CallOutcome, Evidence, IntentFault, IntentKind, IntentState } from "./intent.ts";
import type { Json } from "./json.ts";
import type { RunState } from "./run-state.ts";
import type { Dialect } from "./schedule.ts";

export interface SourceView {
  readonly id: number;
  readonly name: string;
  readonly adapter: string;
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capabilities: readonly Capability[];
  readonly handOff: HandOffClass;
  /** Null until the first attempt: unknown is a state we show. */
  readonly reachable: boolean | null;
  readonly version: string | null;
  readonly fault: Fault | "ours" | null;
  readonly error: string | null;
  readonly missingRights: readonly string[];
  readonly troubles: readonly string[];
  readonly clockSkewMs: number | null;
  readonly latencyMs: number | null;
  readonly paceMs: number | null;
  readonly attemptedAt: string | null;
  readonly lastSyncedAt: string | null;
  /** How old our picture is, by the database's clock. Null before the first sync. */
  readonly lagMs: number | null;
  readonly jobs: number;
  readonly backfill: BackfillView | null;
}

/** How far the first look back has come. */
export interface BackfillView {
  readonly from: string;
  readonly reached: string | null;
  readonly doneAt: string | null;
  readonly runs: number;
}

export interface JobView {
  readonly id: number;
  readonly sourceId: number;
  readonly source?: SourceView;
  readonly externalId: string;
  readonly name: string;
  readonly path: readonly string[];
  readonly description: string | null;
  readonly schedule: ScheduleView | null;
  readonly paused: boolean;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly url: string | null;
  readonly capabilities: readonly Capability[] | null;
  readonly handOff: HandOffClass;
  readonly problem: string | null;
  readonly observedAt: string;
  readonly goneAt: string | null;
}

export interface ScheduleView {
  readonly expression: string;
  readonly dialect: Dialect;
  readonly timezone: string | null;
  readonly text: string | null;
  readonly nextAt: string | null;
}

export interface RunView {
  readonly id: number;
  readonly sourceId: number;
  readonly jobId: number;
  readonly job?: JobView;
  readonly externalId: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly nativeState: string;
  readonly stateRule: string;
  readonly causeKind: CauseKind;
  readonly causeBy: string | null;
  readonly causeKey: string | null;
  readonly parameters: Json;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
  readonly queuedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly url: string | null;
  readonly occurredAt: string;
  readonly observedAt: string;
  /** Its source has not been read for longer than it should have been: what is shown may be past. */
  readonly stale: boolean;
  readonly goneAtSource: string | null;
}

export interface AttemptView {
  readonly attempt: number;
  readonly state: RunState;
  readonly nativeState: string;
  readonly stateRule: string;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
  readonly queuedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly observedAt: string;
}

/** Something that was asked of a tool through us, and what became of it. */
export interface ActionView {
  readonly id: number;
  readonly sourceId: number;
  readonly jobId: number;
  readonly kind: IntentKind;
  readonly state: IntentState;
  readonly key: string;
  /** The run it became. */
  readonly runId: number | null;
  readonly externalRun: string | null;
  /** The run it is about. */
  readonly targetId: number | null;
  readonly parameters: Json;
  readonly principal: string;
  readonly note: string | null;
  readonly handOff: HandOffClass;
  readonly foundBy: Evidence | null;
  readonly merged: boolean;
  readonly warning: string | null;
  readonly fault: IntentFault | null;
  readonly error: string | null;
  readonly sends: number;
  readonly createdAt: string;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
  readonly nextAt: string | null;
}

/** One call on the way of an action, and its answer. */
export interface CallView {
  readonly at: string;
  readonly call: CallName;
  readonly outcome: CallOutcome;
  readonly detail: string | null;
  readonly tookMs: number | null;
}

/** A decision that a tool waits for, or waited for. */
export interface GateView {
  readonly id: number;
  readonly sourceId: number;
  /** The tool's names for the job and the run it stands in. */
  readonly job: string;
  readonly run: string;
  readonly externalId: string;
  /** Null where we know of no such job, or run. */
  readonly jobId: number | null;
  readonly runId: number | null;
  readonly title: string;
  readonly text: string | null;
  readonly choices: readonly string[];
  readonly asked: readonly string[];
  readonly since: string | null;
  readonly url: string | null;
  /** Since when it waits, or when it was first seen. */
  readonly openedAt: string;
  readonly endedAt: string | null;
}

export type DependencyKind = "job" | "data";

/** One end of a dependency: a job by the name its tool gives it, known to us or not. */
export interface DependencyEnd {
  readonly sourceId: number;
  readonly source: string;
  readonly job: string;
  readonly jobId: number | null;
}

export interface DependencyView {
  readonly kind: DependencyKind;
  /** The name of what one writes and the other reads. */
  readonly data: string | null;
  readonly from: DependencyEnd;
  readonly to: DependencyEnd;
}

/** Counts kept as the data arrives. `since` and `until` are the moments truly counted, to the minute. */
export interface FleetView {
  readonly since: string;
  readonly until: string;
  readonly counts: readonly { readonly sourceId: number; readonly state: RunState; readonly runs: number }[];
  /** Those that are counted, where they were asked for. */
  readonly sources?: readonly SourceView[];
}

/** One page of a list. */
export interface Slice<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Where a page begins: after the row with this key. */
export interface Keyset {
  readonly at: string;
  readonly id: number;
}

export interface RunFilter {
  readonly source?: readonly string[];
  /** References, `source/job`. */
  readonly job?: readonly string[];
  readonly state?: readonly RunState[];
  readonly startedAfter?: string;
  readonly startedBefore?: string;
  readonly endedAfter?: string;
  readonly endedBefore?: string;
  /** `key=value`, matched against the labels of the source; `key` alone means any value. */
  readonly label?: readonly string[];
  readonly cause?: readonly CauseKind[];
  /** Part of a job's name, of an error, or the beginning of the run's own id. */
  readonly text?: string;
}

export interface ActionFilter {
  readonly source?: readonly string[];
  /** References, `source/job`. */
  readonly job?: readonly string[];
  readonly kind?: readonly IntentKind[];
  readonly state?: readonly IntentState[];
}

export interface GateFilter {
  readonly source?: readonly string[];
  /** References, `source/job`. */
  readonly job?: readonly string[];
  readonly label?: readonly string[];
  /** Whom the tool asks, in its words: any of these. */
  readonly asked?: readonly string[];
  /** Those that wait, unless told; false for those that have ended. */
  readonly waiting?: boolean;
}

export type RunOrder = "started-desc" | "started-asc";

export interface JobFilter {
  readonly source?: readonly string[];
  readonly label?: readonly string[];
  readonly tag?: readonly string[];
  readonly owner?: readonly string[];
  readonly paused?: boolean;
  /** Jobs that are gone are left out unless asked for. */
  readonly gone?: boolean;
  readonly text?: string;
}

export type JobOrder = "name-asc" | "name-desc" | "next-asc";
