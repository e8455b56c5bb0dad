/** Which sources a filter means. They are few, so this is decided first and everything else is looked up source by source. */
import type { Values } from "./statement.ts";

export interface SourceFilter {
  readonly source?: readonly string[];
  readonly label?: readonly string[];
}

/** Conditions on a row of `source`; none when every source will do. */
export function sourceConditions({ source, label }: SourceFilter, values: Values): string[] {
  const conditions: string[] = [];
  if (source) conditions.push(`source.name = any(${values.bind(source, "text[]")})`);
  for (const text of label ?? []) conditions.push(labelCondition(text, values));
  return conditions;
}

/** `team=core` holds for that value, `team` for any. Of several labels all must hold. */
function labelCondition(text: string, values: Values): string {
  const equals = text.indexOf("=");
  if (equals < 0) return `source.labels ? ${values.bind(text, "text")}`;
  const pair = { [text.slice(0, equals)]: text.slice(equals + 1) };
  return `source.labels @> ${values.bind(JSON.stringify(pair), "jsonb")}`;
}
