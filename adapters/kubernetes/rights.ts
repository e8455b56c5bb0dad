/** The rights we use, each for a reason; the manifest in the README grants exactly these. */

export interface Right {
  readonly group: "" | "batch";
  readonly resource: string;
  readonly verb: "get" | "list" | "watch" | "create" | "patch" | "delete";
}

function rights(group: Right["group"], resource: string, verbs: readonly Right["verb"][]): Right[] {
  return verbs.map((verb) => ({ group, resource, verb }));
}

export const RIGHTS: readonly Right[] = [
  ...rights("batch", "jobs", ["get", "list", "watch", "create", "patch", "delete"]),
  ...rights("batch", "cronjobs", ["get", "list", "patch"]),
  ...rights("", "pods", ["list", "watch"]),
  ...rights("", "pods/log", ["get"]),
  ...rights("", "events", ["list"]),
];

/** As people say it: `watch jobs.batch`. */
export function printRight({ group, resource, verb }: Right): string {
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}`;
}
