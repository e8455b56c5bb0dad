/** Every tool that can start a run: who can be asked twice, killed in between, and must still have one run for one key. */
import { airflow } from "../../adapters/airflow/index.ts";
import { type AirflowSandbox, openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import type { Adapter } from "../../src/adapter/contract.ts";
import type { OpenSandbox, Sandbox } from "../../src/adapter/sandbox.ts";
import type { HandOffClass } from "../../src/model/hand-off.ts";
import { toy } from "../contract/toy/index.ts";
import { openToy } from "../contract/toy/sandbox.ts";

export interface Tool {
  readonly name: string;
  readonly adapter: Adapter;
  readonly open: OpenSandbox;
  /** Of the jobs that the sandbox begins with, `job_000` and so on. */
  readonly handOff: HandOffClass;
  /** Makes what we have signed in with worthless. */
  readonly rotate?: (sandbox: Sandbox) => void;
}

const rotate = (sandbox: Sandbox) => (sandbox as AirflowSandbox).rotateTokens();

export const TOOLS: readonly Tool[] = [
  { name: "Toy", adapter: toy, open: openToy, handOff: "keyed" },
  {
    name: "Airflow 2",
    adapter: airflow,
    open: (with_) => openAirflowSandbox({ ...with_, api: "v1" }),
    handOff: "keyed",
    rotate,
  },
  {
    name: "Airflow 3",
    adapter: airflow,
    open: (with_) => openAirflowSandbox({ ...with_, api: "v2" }),
    handOff: "keyed",
    rotate,
  },
];
