/** What a start sends: checked against what the job declares, for Jenkins drops what it does not know without a word. */
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { Json } from "../../src/model/json.ts";
import { declaresKey, isFile } from "./parameters.ts";
import type { ParameterDefinition } from "./rows.ts";

export interface StartForm {
  /** `buildWithParameters` is refused by a job without any, and `build` takes the defaults of none. */
  readonly action: "build" | "buildWithParameters";
  readonly fields: Readonly<Record<string, string>>;
  readonly marked: boolean;
}

export interface Wish {
  readonly jobId: string;
  readonly key: string;
  readonly keyParameter: string;
  readonly parameters: Json;
}

/** Throws before anything is sent. */
export function toForm(
  { jobId, key, keyParameter, parameters }: Wish,
  definitions: readonly ParameterDefinition[],
): StartForm {
  const given = namedValues(parameters, jobId);
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const fields: Record<string, string> = {};
  for (const [name, value] of given) fields[name] = toField(jobId, name, value, byName.get(name), byName);
  const marked = declaresKey(definitions, keyParameter);
  if (marked) fields[keyParameter] = key;
  return { action: definitions.length > 0 ? "buildWithParameters" : "build", fields, marked };
}

function namedValues(parameters: Json, jobId: string): readonly (readonly [string, Json])[] {
  if (parameters === null) return [];
  if (typeof parameters !== "object" || Array.isArray(parameters))
    throw refused(`${jobId} takes its parameters by name: give an object, as { "branch": "main" }`);
  return Object.entries(parameters);
}

function toField(
  jobId: string,
  name: string,
  value: Json,
  definition: ParameterDefinition | undefined,
  known: ReadonlyMap<string, ParameterDefinition>,
): string {
  if (!definition)
    throw refused(`${jobId} declares no parameter "${name}", and Jenkins would drop it; ${declared(known)}`);
  if (isFile(definition)) throw refused(`${jobId} takes a file as "${name}", which cannot be handed over here`);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const { choices, type } = definition;
  if (choices && choices.length > 0 && !choices.includes(text))
    throw refused(`${jobId} does not offer "${text}" for "${name}"; it offers ${choices.join(", ")}`);
  if (type === "BooleanParameterDefinition" && text !== "true" && text !== "false")
    throw refused(`${jobId} takes true or false as "${name}"`);
  return text;
}

function declared(known: ReadonlyMap<string, ParameterDefinition>): string {
  return known.size === 0 ? "it declares none" : `it declares ${[...known.keys()].join(", ")}`;
}

function refused(message: string): RemoteError {
  return new RemoteError(message, { fault: "malformed", passing: false, uncertain: false });
}
