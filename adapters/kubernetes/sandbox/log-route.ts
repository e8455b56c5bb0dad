/** What a container has written, and what it writes while somebody follows. */
import type { ServerResponse } from "node:http";
import type { Cluster } from "./cluster.ts";
import type { PodObject } from "./objects.ts";
import { Refusal } from "./refusal.ts";

export interface LogQuery {
  readonly container?: string;
  readonly follow?: string;
  readonly previous?: string;
  readonly tailLines?: string;
  readonly limitBytes?: string;
}

export function answerLog(cluster: Cluster, pod: PodObject, query: LogQuery, reply: ServerResponse): void {
  const container = chosen(pod, query.container);
  const waiting = stateOf(pod, container)?.["waiting"];
  if (waiting)
    throw bad(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${waiting.reason}`);
  if (query.previous === "true")
    throw bad(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  reply.writeHead(200, {
    "content-type": "text/plain",
    date: new Date(cluster.now() + cluster.quirks.skewMs).toUTCString(),
  });
  reply.write(bounded(cluster.logs.read(pod.metadata.uid, container), query));
  if (query.follow !== "true" || isOver(pod)) {
    reply.end();
    return;
  }
  const leaveLogs = cluster.logs.subscribe((uid, its, text) => {
    if (uid === pod.metadata.uid && its === container && !reply.writableEnded) reply.write(text);
  });
  const leavePods = cluster.store.subscribe("pods", ({ object, type }) => {
    if (object.metadata.uid === pod.metadata.uid && (type === "DELETED" || isOver(object as PodObject))) reply.end();
  });
  reply.once("close", () => {
    leaveLogs();
    leavePods();
  });
}

function chosen({ metadata, spec }: PodObject, container: string | undefined): string {
  const names = spec.containers.map(({ name }) => name);
  if (container !== undefined) {
    if (names.includes(container)) return container;
    throw bad(`container ${container} is not valid for pod ${metadata.name}`);
  }
  if (names.length === 1) return names[0] ?? "";
  throw bad(`a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(" ")}]`);
}

type State = Readonly<Record<string, { readonly reason?: string } | undefined>>;

function stateOf({ status }: PodObject, container: string): State | undefined {
  const statuses = (status["containerStatuses"] ?? []) as readonly { readonly name: string; readonly state: State }[];
  return statuses.find(({ name }) => name === container)?.state;
}

function isOver({ status }: PodObject): boolean {
  return status["phase"] === "Succeeded" || status["phase"] === "Failed";
}

/** Lines are counted from the end, and bytes from the beginning of what is left. */
function bounded(text: string, { tailLines, limitBytes }: LogQuery): Buffer {
  const lines = text.split(/(?<=\n)/);
  const kept = tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - Number(tailLines)));
  const bytes = Buffer.from(kept.join(""));
  return limitBytes === undefined ? bytes : bytes.subarray(0, Number(limitBytes));
}

function bad(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}
