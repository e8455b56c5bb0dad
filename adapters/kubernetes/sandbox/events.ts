/** Events, as controllers record them. */
import type { Cluster } from "./cluster.ts";
import { type ApiObject, timeText } from "./objects.ts";

export function recordEvent(
  cluster: Cluster,
  about: ApiObject,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
): void {
  const { namespace, name, uid, resourceVersion } = about.metadata;
  const time = timeText(cluster.now());
  const component = about.kind === "CronJob" ? "cronjob-controller" : "job-controller";
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${(cluster.store.version + 1).toString(16)}`, namespace },
    involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    reportingInstance: "",
    firstTimestamp: time,
    lastTimestamp: time,
    eventTime: null,
    count: 1,
  };
  cluster.store.create("events", event, time);
}
