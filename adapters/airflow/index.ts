/** Apache Airflow, 2.x by its REST API v1 and 3.x by v2. */
import type { Adapter } from "../../src/adapter/contract.ts";
import { type AirflowConfig, config, rootOf } from "./config.ts";
import { openRemote } from "./remote.ts";

export const airflow: Adapter<AirflowConfig> = {
  kind: "airflow",
  title: "Apache Airflow",
  handOff: "keyed",
  visibleWithinMs: 0,
  config,
  address: rootOf,
  connect: openRemote,
};
