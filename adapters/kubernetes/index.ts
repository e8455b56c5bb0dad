/** Kubernetes: CronJobs, Jobs, and templates of Jobs, on any cluster from 1.27 on. */
import type { Adapter } from "../../src/adapter/contract.ts";
import { addressOf, config, type KubernetesConfig } from "./config.ts";
import { openRemote } from "./remote.ts";

export const kubernetes: Adapter<KubernetesConfig> = {
  kind: "kubernetes",
  title: "Kubernetes",
  handOff: "keyed",
  visibleWithinMs: 0,
  config,
  address: addressOf,
  connect: (settings, host) => openRemote(settings, host),
};
