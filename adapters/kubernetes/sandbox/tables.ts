/** Objects as the rows `kubectl get` prints: the server makes them, and kubectl only draws lines. */
import type { ApiObject, ConditionObject, CronJobObject, JobObject, PodObject } from "./objects.ts";

interface Column {
  readonly name: string;
  readonly type?: string;
  readonly priority?: number;
}

interface TableShape {
  readonly columns: readonly Column[];
  readonly cells: (object: ApiObject, now: number) => readonly unknown[];
}

const NAME: Column = { name: "Name" };
const AGE: Column = { name: "Age" };

const SHAPES: Readonly<Record<string, TableShape>> = {
  jobs: {
    columns: [NAME, { name: "Status" }, { name: "Completions" }, { name: "Duration" }, AGE],
    cells: (object, now) => jobCells(object as JobObject, now),
  },
  cronjobs: {
    columns: [
      NAME,
      { name: "Schedule" },
      { name: "Timezone" },
      { name: "Suspend", type: "boolean" },
      { name: "Active", type: "integer" },
      { name: "Last Schedule" },
      AGE,
    ],
    cells: (object, now) => cronJobCells(object as CronJobObject, now),
  },
  pods: {
    columns: [NAME, { name: "Ready" }, { name: "Status" }, { name: "Restarts", type: "integer" }, AGE],
    cells: (object, now) => podCells(object as PodObject, now),
  },
  events: {
    columns: [{ name: "Last Seen" }, { name: "Type" }, { name: "Reason" }, { name: "Object" }, { name: "Message" }],
    cells: (object, now) => eventCells(object, now),
  },
  namespaces: {
    columns: [NAME, { name: "Status" }, AGE],
    cells: (object, now) => [object.metadata.name, "Active", ageOf(object, now)],
  },
};

export function toTable(resource: string, objects: readonly ApiObject[], metadata: object, now: number): object {
  const shape = SHAPES[resource];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: (shape?.columns ?? [NAME]).map(({ name, type = "string", priority = 0 }) => {
      return { name, type, priority, format: name === "Name" ? "name" : "", description: name };
    }),
    rows: objects.map((object) => ({
      cells: shape?.cells(object, now) ?? [object.metadata.name],
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata },
    })),
  };
}

function jobCells({ metadata, spec, status }: JobObject, now: number): unknown[] {
  const has = (type: string) =>
    status.conditions?.some((one: ConditionObject) => one.type === type && one.status === "True");
  const word = ["Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"].find(has) ?? "Running";
  const end = status.completionTime ? Date.parse(status.completionTime) : now;
  const duration = status.startTime ? printAge(end - Date.parse(status.startTime)) : "";
  const shown = metadata.deletionTimestamp ? "Terminating" : word;
  return [
    metadata.name,
    shown,
    `${status.succeeded ?? 0}/${Number(spec["completions"] ?? 1)}`,
    duration,
    printSince(metadata.creationTimestamp, now),
  ];
}

function cronJobCells({ metadata, spec, status }: CronJobObject, now: number): unknown[] {
  const last = status["lastScheduleTime"];
  const since = typeof last === "string" ? printSince(last, now) : "<none>";
  const zone = typeof spec["timeZone"] === "string" ? spec["timeZone"] : "<none>";
  return [
    metadata.name,
    spec.schedule,
    zone,
    // Go writes them so, and the cell is text whatever its column says.
    spec.suspend ? "True" : "False",
    status.active?.length ?? 0,
    since,
    printSince(metadata.creationTimestamp, now),
  ];
}

function podCells({ metadata, spec, status }: PodObject, now: number): unknown[] {
  const statuses = (status["containerStatuses"] ?? []) as readonly {
    ready?: boolean;
    restartCount?: number;
    state?: Record<string, { reason?: string }>;
  }[];
  const reason = statuses.map(({ state }) => state?.["waiting"]?.reason ?? state?.["terminated"]?.reason).find(Boolean);
  const ready = `${statuses.filter((one) => one.ready).length}/${spec.containers.length}`;
  return [
    metadata.name,
    ready,
    reason ?? status["phase"],
    statuses[0]?.restartCount ?? 0,
    printSince(metadata.creationTimestamp, now),
  ];
}

function eventCells(object: ApiObject, now: number): unknown[] {
  const { involvedObject, reason, message, type, lastTimestamp } = object as unknown as Readonly<
    Record<string, string>
  > & {
    readonly involvedObject: { readonly kind: string; readonly name: string };
  };
  return [
    printSince(lastTimestamp ?? "", now),
    type,
    reason,
    `${involvedObject.kind.toLowerCase()}/${involvedObject.name}`,
    message,
  ];
}

function ageOf({ metadata }: ApiObject, now: number): string {
  return printSince(metadata.creationTimestamp, now);
}

function printSince(text: string, now: number): string {
  return printAge(now - Date.parse(text));
}

/** As kubectl says it: `5s`, `3m4s`, `2d`. */
function printAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes}m${seconds % 60 === 0 ? "" : `${seconds % 60}s`}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
