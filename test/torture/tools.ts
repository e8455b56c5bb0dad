/** Every tool that can start a run: who can be asked twice, killed in between, and must still have one run for one key. */
import { airflow } from "../../adapters/airflow/index.ts";
import { type AirflowSandbox, openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import { jenkins } from "../../adapters/jenkins/index.ts";
import { type JenkinsSandbox, openJenkinsSandbox } from "../../adapters/jenkins/sandbox.ts";
import { kubernetes } from "../../adapters/kubernetes/index.ts";
import { type KubernetesSandbox, openKubernetesSandbox } from "../../adapters/kubernetes/sandbox.ts";
import type { Adapter } from "../../src/adapter/contract.ts";
import type { OpenSandbox, Sandbox } from "../../src/adapter/sandbox.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { HandOffClass } from "../../src/model/hand-off.ts";
import { toy } from "../contract/toy/index.ts";
import { openToy } from "../contract/toy/sandbox.ts";

/** In these tests each start has a job of its own, so that its runs can be counted where they carry no key. */
export interface Start {
  readonly key: string;
  readonly jobId: string;
}

export interface Tool {
  readonly name: string;
  readonly adapter: Adapter;
  readonly open: OpenSandbox;
  /** Of the jobs that the sandbox begins with, `job_000` and so on. */
  readonly handOff: HandOffClass;
  /** What the tool calls the job `job_000`. */
  readonly jobName: (id: string) => string;
  /** The runs that this start has begun, as the tool itself has them. */
  readonly begun: (sandbox: Sandbox, start: Start) => readonly string[];
  /** What it calls a run by now of which we may hold an older name. */
  readonly nowCalled: (sandbox: Sandbox, run: ForeignRunRef) => string;
  /** Makes what we have signed in with worthless, and answers with the secrets that are others now. */
  readonly rotate?: (sandbox: Sandbox) => Readonly<Record<string, string>>;
}

export function jobOf({ jobName }: Tool, at: number): string {
  return jobName(`job_${String(at).padStart(3, "0")}`);
}

const usual: Pick<Tool, "jobName" | "begun" | "nowCalled"> = {
  jobName: (id) => id,
  begun: ({ world }, { key }) => world.startedWithKey(key),
  nowCalled: (_sandbox, { runId }) => runId,
};

const usualAirflow = {
  ...usual,
  adapter: airflow,
  handOff: "keyed",
  rotate(sandbox) {
    (sandbox as AirflowSandbox).rotateTokens();
    return {};
  },
} satisfies Partial<Tool>;

const jenkinsWorld = (sandbox: Sandbox) => (sandbox as JenkinsSandbox).world;

const usualJenkins = {
  ...usual,
  adapter: jenkins,
  nowCalled: (sandbox, { jobId, runId }) => jenkinsWorld(sandbox).nameOf(jobId, runId),
  rotate: (sandbox) => withNew(sandbox, (sandbox as JenkinsSandbox).rotateToken()),
} satisfies Partial<Tool>;

/** A sandbox with one secret has another one now. */
function withNew({ secrets }: Sandbox, value: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, value]));
}

export const TOOLS: readonly Tool[] = [
  { ...usual, name: "Toy", adapter: toy, open: openToy, handOff: "keyed" },
  { ...usualAirflow, name: "Airflow 2", open: (with_) => openAirflowSandbox({ ...with_, api: "v1" }) },
  { ...usualAirflow, name: "Airflow 3", open: (with_) => openAirflowSandbox({ ...with_, api: "v2" }) },
  { ...usualJenkins, name: "Jenkins", open: openJenkinsSandbox, handOff: "marked" },
  {
    ...usualJenkins,
    name: "Jenkins without our parameter",
    handOff: "blind",
    open: (with_) => openJenkinsSandbox({ ...with_, parameters: [] }),
    begun: (sandbox, { jobId }) => jenkinsWorld(sandbox).startedByHand(jobId),
  },
  {
    ...usual,
    name: "Kubernetes",
    adapter: kubernetes,
    open: openKubernetesSandbox,
    handOff: "keyed",
    jobName: (id) => `default/${id.replaceAll("_", "-")}`,
    rotate: (sandbox) => withNew(sandbox, (sandbox as KubernetesSandbox).rotateToken()),
  },
];
