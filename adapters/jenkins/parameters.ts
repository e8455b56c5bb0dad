/** What a build was given. Our own key is no parameter of anybody's work and is not shown as one. */
import type { Json } from "../../src/model/json.ts";
import type { ActionRow, JobRow, ParameterDefinition, ParameterRow } from "./rows.ts";

/** Jenkins tells of a secret that it was there, and never what it was. */
const UNTOLD = "[not told]";
/** Room for every honest value; what is larger is data that somebody pushed through it. */
const MOST_BYTES = 64 * 1024;

export function parametersOf(actions: readonly ActionRow[]): readonly ParameterRow[] {
  return actions.flatMap(({ parameters }) => parameters);
}

export function keyOf(actions: readonly ActionRow[], keyParameter: string): string | null {
  const value = parametersOf(actions).find(({ name }) => name === keyParameter)?.value;
  return typeof value === "string" && value !== "" ? value : null;
}

export function toParameters(actions: readonly ActionRow[], keyParameter: string): Json {
  const given = parametersOf(actions).filter(({ name }) => name !== keyParameter);
  if (given.length === 0) return null;
  return Object.fromEntries(given.map(({ name, value }) => [name, value === undefined ? UNTOLD : bounded(value)]));
}

function bounded(value: Json): Json {
  if (typeof value !== "string" || Buffer.byteLength(value) <= MOST_BYTES) return value;
  return { "left out": `${Buffer.byteLength(value)} bytes`, "begins with": value.slice(0, 1_024) };
}

/** Old versions tell the definitions among the actions, newer ones among the properties, and some in both. */
export function definitionsOf({
  property,
  actions,
}: Pick<JobRow, "property" | "actions">): readonly ParameterDefinition[] {
  const all = [...property, ...actions].flatMap(({ parameterDefinitions }) => parameterDefinitions);
  return [...new Map(all.map((definition) => [definition.name, definition])).values()];
}

/** Only a parameter of text takes a key as it is. */
export function declaresKey(definitions: readonly ParameterDefinition[], keyParameter: string): boolean {
  return definitions.some(
    ({ name, type }) => name === keyParameter && /^(?:String|Text)ParameterDefinition$/.test(type ?? ""),
  );
}

export function isSecret({ type, _class }: Pick<ParameterDefinition, "type" | "_class">): boolean {
  return /Password|Credentials/.test(`${type ?? ""} ${_class ?? ""}`);
}

export function isFile({ type, _class }: Pick<ParameterDefinition, "type" | "_class">): boolean {
  return /File(?:ParameterDefinition|ParameterValue)?\b/.test(`${type ?? ""} ${_class ?? ""}`);
}
