/**
 * A small honest server that speaks as much of a tool's API as its adapter uses, quirks included. The demo, the
 * contract tests and the load tests run on it, so it says what happened to it in the tool's own terms.
 */
import type { Json } from "../model/json.ts";
import type { RunState } from "../model/run-state.ts";

export interface Sandbox {
  readonly url: string;
  /** A valid `spec.config` for this sandbox. Secrets are references into `secrets`. */
  readonly config: Json;
  /** What `env:` references in `config` stand for. None of these values may ever show in our output. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly world: SandboxWorld;
  close(): Promise<void>;
}

/** What the tool's own users and its clock do, behind our back. */
export interface SandboxWorld {
  addJob(job: { readonly id: string; readonly schedule?: string | null; readonly paused?: boolean }): void;
  removeJob(id: string): void;
  /** Returns the run's id as the tool shows it. Times default to the sandbox's clock. */
  addRun(run: SandboxRun): string;
  /** Moves a run on. A terminal run moved to an open state is what the tool calls a rerun. */
  setRun(jobId: string, runId: string, change: Partial<Omit<SandboxRun, "jobId" | "runId">>): void;
  removeRun(jobId: string, runId: string): void;
  /** Runs begun with a key of ours, oldest first: the conformance suite counts them. */
  startedWithKey(key: string): readonly string[];
  /** Requests seen so far, as `GET /path?query`. */
  readonly requests: readonly string[];
}

/** A world that the demo can play the workers of: it sees what people began, and what is held up. */
export interface PlayableWorld extends SandboxWorld {
  /** Whatever has not ended, whoever began it. */
  openRuns(): readonly OpenSandboxRun[];
  /** Whether the tool's clock begins no runs of it at present. */
  isPaused(jobId: string): boolean;
}

export interface OpenSandboxRun {
  readonly jobId: string;
  /** As the tool shows it now. */
  readonly runId: string;
  /** What it was called while it was queued, by tools that number later. */
  readonly formerly: string | null;
  readonly state: "queued" | "running";
  /** When it came into this state, as far as the tool remembers. */
  readonly since: Date;
  /** No worker may go on with it: its job is paused, it waits for its turn or for an answer. */
  readonly held: boolean;
}

export interface SandboxRun {
  readonly jobId: string;
  readonly runId?: string;
  /** `unknown` becomes a word that the adapter's table does not know, as a newer version of the tool might. */
  readonly state: RunState;
  readonly queuedAt?: Date | null;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  readonly parameters?: Json;
}

export interface SandboxOptions {
  /** Jobs to begin with, named `job_000` and so on. */
  readonly jobs?: number;
  /** The tool's clock: its rows and its `Date` header follow it. */
  readonly now?: () => Date;
}

export type OpenSandbox = (options?: SandboxOptions) => Promise<Sandbox>;
