/** What a cluster says it can do: kubectl asks before it does anything. */
import type { Kind } from "./store.ts";

export interface ResourceShape {
  readonly kind: string;
  readonly group: "" | "batch";
  readonly namespaced: boolean;
  readonly short: readonly string[];
  readonly verbs: readonly string[];
}

const ALL = ["create", "delete", "get", "list", "patch", "update", "watch"];

export const RESOURCES: Readonly<Record<Kind, ResourceShape>> = {
  jobs: { kind: "Job", group: "batch", namespaced: true, short: [], verbs: ALL },
  cronjobs: { kind: "CronJob", group: "batch", namespaced: true, short: ["cj"], verbs: ALL },
  pods: { kind: "Pod", group: "", namespaced: true, short: ["po"], verbs: ["delete", "get", "list", "watch"] },
  events: { kind: "Event", group: "", namespaced: true, short: ["ev"], verbs: ["get", "list", "watch"] },
  namespaces: { kind: "Namespace", group: "", namespaced: false, short: ["ns"], verbs: ["get", "list", "watch"] },
};

export function resourceList(group: "" | "batch"): object {
  const resources = Object.entries(RESOURCES).filter(([, shape]) => shape.group === group);
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? "v1" : "batch/v1",
    resources: [
      ...resources.map(([name, { kind, namespaced, short, verbs }]) => {
        const singularName = kind.toLowerCase();
        const categories = name === "events" ? {} : { categories: ["all"] };
        return { name, singularName, namespaced, kind, verbs, shortNames: short, ...categories };
      }),
      ...(group === "" ? [{ name: "pods/log", singularName: "", namespaced: true, kind: "Pod", verbs: ["get"] }] : []),
    ],
  };
}

const BATCH = { groupVersion: "batch/v1", version: "v1" };

const BATCH_GROUP = { name: "batch", versions: [BATCH], preferredVersion: BATCH };

export const API_VERSIONS = { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
export const API_GROUPS = { kind: "APIGroupList", apiVersion: "v1", groups: [BATCH_GROUP] };

export function versionInfo(gitVersion: string): object {
  const [major = "1", minor = "33"] = gitVersion.replace(/^v/, "").split(".");
  return {
    major,
    minor,
    gitVersion,
    gitCommit: "0000000000000000000000000000000000000000",
    gitTreeState: "clean",
    buildDate: "2026-01-01T00:00:00Z",
    goVersion: "go1.24.0",
    compiler: "gc",
    platform: "linux/amd64",
  };
}
