/** Jenkins, from 2.176 on; read without harm to its controller, and acted on within what it can promise. */
import type { Adapter } from "../../src/adapter/contract.ts";
import { config, type JenkinsConfig, rootOf } from "./config.ts";
import { openRemote } from "./remote.ts";

export const jenkins: Adapter<JenkinsConfig> = {
  kind: "jenkins",
  title: "Jenkins",
  // Of a job that declares our parameter; one that does not is blind.
  handOff: "marked",
  // A build leaves the queue before it is in any list, and a controller that restarts shows neither for a while.
  visibleWithinMs: 60_000,
  config,
  address: rootOf,
  connect: openRemote,
};
