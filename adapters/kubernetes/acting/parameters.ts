/** Parameters of a start, as environment variables of every container of its pods. */
import type { Json } from "../../../src/model/json.ts";
import { refused } from "../access/refused.ts";

export interface EnvVariable {
  readonly name: string;
  readonly value: string;
}

/** What the shell, the loader and the cluster itself go by. */
const RESERVED =
  /^(?:PATH|HOME|IFS|ENV|BASH_ENV|LD_.*|DYLD_.*|KUBERNETES_.*|NODE_OPTIONS|PYTHON(?:PATH|STARTUP)|JAVA_TOOL_OPTIONS)$/i;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MOST_BYTES = 64 * 1024;

export function toEnvironment(parameters: Json, allowed: readonly string[] | null): readonly EnvVariable[] {
  if (parameters === null) return [];
  if (typeof parameters !== "object" || Array.isArray(parameters))
    throw refused("parameters of a Job must be names with values: they become environment variables");
  const variables = Object.entries(parameters).map(([name, value]) => ({ name, value: printValue(value) }));
  for (const { name } of variables) check(name, allowed);
  if (Buffer.byteLength(JSON.stringify(parameters)) > MOST_BYTES)
    throw refused(`parameters of a Job may have ${MOST_BYTES / 1024} KiB together; pass where they are instead`);
  return variables;
}

function check(name: string, allowed: readonly string[] | null): void {
  if (!NAME.test(name)) throw refused(`"${name}" cannot be the name of an environment variable`);
  if (RESERVED.test(name)) throw refused(`"${name}" decides how programs are run, and is never set from outside`);
  if (allowed && !allowed.includes(name))
    throw refused(`"${name}" may not be set here; this job takes ${allowed.join(", ") || "no parameters"}`);
}

function printValue(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

interface Container {
  readonly name?: unknown;
  readonly env?: readonly { readonly name?: unknown; readonly valueFrom?: unknown }[];
}

/** The containers with the variables in place. One that comes from a secret or a field of the pod is not replaced. */
export function withEnvironment(containers: readonly unknown[], variables: readonly EnvVariable[]): readonly unknown[] {
  if (variables.length === 0) return containers;
  return containers.map((item) => {
    const container = item as Container;
    const env = container.env ?? [];
    const hidden = env.find(({ name, valueFrom }) => valueFrom && variables.some((variable) => variable.name === name));
    if (hidden)
      throw refused(`"${String(hidden.name)}" of the container ${String(container.name)} comes from somewhere else`);
    const rest = env.filter(({ name }) => !variables.some((variable) => variable.name === name));
    return { ...container, env: [...rest, ...variables] };
  });
}
