/** What a remote says of its jobs and runs, in our words. Adapters produce these, the sync carries them, the store keeps them. */
import type { Capability } from "./capability.ts";
import type { HandOffClass } from "./hand-off.ts";
import type { Json } from "./json.ts";
import type { NativeState, RunState } from "./run-state.ts";
import type { Schedule } from "./schedule.ts";

export interface ForeignJob {
  /** The name people say, unique in its source and stable as long as the tool calls it the same job. */
  readonly id: string;
  readonly name: string;
  /** Folders above it, outermost first. */
  readonly path: readonly string[];
  readonly description: string | null;
  readonly schedule: Schedule | null;
  readonly paused: boolean;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly url: string | null;
  /** What this job cannot do although its source can, or null when it can do all. */
  readonly capabilities: readonly Capability[] | null;
  readonly handOff: HandOffClass;
  /** Why the tool would not run it as things stand: "no longer parsed", "import error: …". Null when nothing is wrong. */
  readonly problem: string | null;
}

export const CAUSE_KINDS = ["schedule", "manual", "trigger", "backfill", "retry", "us", "unknown"] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

export interface Cause {
  readonly kind: CauseKind;
  /** Who or what: a user, an upstream run, a dataset. */
  readonly by: string | null;
  /** Our key, when we started it. */
  readonly key: string | null;
}

export interface RunError {
  /** The tool's own class of failure where it has one: `oom`, `timeout`, `failed`. */
  readonly kind: string;
  readonly message: string;
}

export interface ForeignRun {
  readonly jobId: string;
  /** Unique within its job. */
  readonly runId: string;
  /** The name it had before, where a tool renames: an item of a queue becomes a numbered build. It is the same run. */
  readonly formerly: string | null;
  readonly state: RunState;
  readonly native: NativeState;
  readonly cause: Cause;
  readonly parameters: Json;
  readonly error: RunError | null;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly url: string | null;
}

/** A run by the names its tool knows it by. */
export interface ForeignRunRef {
  readonly jobId: string;
  readonly runId: string;
}

/** A decision that a tool is waiting for: told as theirs, and decided where the tool decides it. */
export interface ForeignGate {
  readonly jobId: string;
  readonly runId: string;
  /** Unique within its run. */
  readonly gateId: string;
  readonly title: string;
  readonly text: string | null;
  /** What can be answered, in the tool's words. */
  readonly choices: readonly string[];
  /** Whom the tool asks, in its words; empty where it does not say. */
  readonly asked: readonly string[];
  readonly since: Date | null;
  readonly url: string | null;
}

/** An edge that a tool knows. Data named alike by two sources is the same data: so an edge can cross tools. */
export type ForeignLink =
  | { readonly kind: "job"; readonly upstream: string; readonly downstream: string }
  | { readonly kind: "data"; readonly jobId: string; readonly access: "reads" | "writes"; readonly data: string };
