/** What the sandbox's controller holds: its folders and jobs on disk, its queue in memory. */
export type JobKind = "freestyle" | "pipeline" | "matrix" | "folder" | "multibranch" | "organization";

export const CLASSES: Readonly<Record<JobKind, string>> = {
  freestyle: "hudson.model.FreeStyleProject",
  pipeline: "org.jenkinsci.plugins.workflow.job.WorkflowJob",
  matrix: "hudson.matrix.MatrixProject",
  folder: "com.cloudbees.hudson.plugins.folder.Folder",
  multibranch: "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject",
  organization: "jenkins.branch.OrganizationFolder",
};

export const BUILD_CLASSES: Readonly<Record<string, string>> = {
  freestyle: "hudson.model.FreeStyleBuild",
  pipeline: "org.jenkinsci.plugins.workflow.job.WorkflowRun",
  matrix: "hudson.matrix.MatrixBuild",
};

export interface ParameterSpec {
  readonly name: string;
  readonly type: "String" | "Text" | "Boolean" | "Choice" | "Password" | "File";
  readonly choices?: readonly string[];
  readonly byDefault?: string | boolean;
}

export interface CauseState {
  readonly kind: string;
  readonly text: string;
  readonly userId?: string | null;
  readonly upstreamProject?: string;
  readonly upstreamBuild?: number;
}

export interface JobState {
  readonly fullName: string;
  readonly kind: JobKind;
  readonly parameters: readonly ParameterSpec[];
  displayName: string | null;
  description: string | null;
  disabled: boolean;
  schedule: string | null;
  /** Built after these. */
  upstream: readonly string[];
  downstream: readonly string[];
  /** Of a matrix: its configurations. */
  readonly axes: readonly string[];
  concurrent: boolean;
  quietMs: number;
  /** How long a build takes that somebody starts. */
  takesMs: number;
  /** How it ends then. */
  endsAs: string;
  /** Its steps do not hear the signal: `term` at least. Or nothing at all: `kill`. */
  endsBy: "stop" | "term" | "kill";
  next: number;
  readonly builds: Map<number, BuildState>;
}

export type Values = Readonly<Record<string, string | boolean>>;

export interface BuildState {
  readonly number: number;
  readonly queueId: number;
  readonly timestamp: number;
  /** Before it began. */
  readonly waitedMs: number;
  readonly values: Values;
  readonly causes: readonly CauseState[];
  building: boolean;
  result: string | null;
  endedAt: number | null;
  /** When it ends by itself. */
  endsAt: number | null;
  description: string | null;
  log: string;
  readonly artifacts: Map<string, string>;
  stages: readonly StageState[];
  inputs: readonly { readonly id: string; readonly message: string }[];
}

export interface StageState {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly startedAt: number;
  readonly durationMs: number;
}

export interface ItemState {
  readonly id: number;
  readonly jobId: string;
  readonly since: number;
  readonly values: Values;
  causes: CauseState[];
  /** When the quiet period is over; null for one that somebody moves by hand. */
  readyAt: number | null;
  cancelled: boolean;
  leftAt: number | null;
  build: number | null;
  /** A step of a pipeline that waits for an agent. */
  readonly step: boolean;
}

export interface Controller {
  readonly jobs: Map<string, JobState>;
  readonly items: Map<number, ItemState>;
  readonly requests: string[];
  nextItem: number;
  quietingDown: boolean;
  now(): number;
}

export function controller(now: () => Date): Controller {
  return {
    jobs: new Map(),
    items: new Map(),
    requests: [],
    nextItem: 1,
    quietingDown: false,
    now: () => now().getTime(),
  };
}

export function isContainer(kind: JobKind): boolean {
  return kind === "folder" || kind === "multibranch" || kind === "organization";
}

/** Sorted by name, as Jenkins keeps the items of a folder. */
export function itemsIn({ jobs }: Controller, parent: string): JobState[] {
  const prefix = parent === "" ? "" : `${parent}/`;
  return [...jobs.values()]
    .filter(({ fullName }) => fullName.startsWith(prefix) && !fullName.slice(prefix.length).includes("/"))
    .sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
}

export function newestFirst({ builds }: JobState): BuildState[] {
  return [...builds.values()].sort((a, b) => b.number - a.number);
}
