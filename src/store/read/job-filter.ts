/** What a filter asks of a job. */
import type { JobFilter } from "../../model/view.ts";
import { sourceConditions } from "./source-filter.ts";
import { every, type Values } from "./statement.ts";
import { somewhere } from "./text-pattern.ts";

export function jobConditions(filter: JobFilter, values: Values): string[] {
  const { tag, owner, paused, gone = false, text } = filter;
  const conditions = [`job.gone_at is ${gone ? "not null" : "null"}`];
  const source = sourceConditions(filter, values);
  if (source.length > 0) conditions.push(`job.source_id in (select source.id from source where ${every(source)})`);
  if (tag) conditions.push(`job.tags && ${values.bind(tag, "text[]")}`);
  if (owner) conditions.push(`job.owner = any(${values.bind(owner, "text[]")})`);
  if (paused !== undefined) conditions.push(paused ? "job.paused" : "not job.paused");
  if (text) conditions.push(`job.search like ${values.bind(somewhere(text), "text")}`);
  return conditions;
}
