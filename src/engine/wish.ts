/** What people ask for, checked before it is written down. Pure. */
import { createHash } from "node:crypto";
import { InputError } from "../lib/input-error.ts";
import type { Capability } from "../model/capability.ts";
import type { HandOffClass } from "../model/hand-off.ts";
import { INTENT_KEY, type IntentKind } from "../model/intent.ts";
import type { Json } from "../model/json.ts";
import { printReference } from "../model/reference.ts";
import type { JobView, SourceView } from "../model/view.ts";
import { ActionError } from "./action-error.ts";

export type JobWithSource = JobView & { readonly source: SourceView };

/** A job's own list says what it can; without one it can what its source can. */
export function capabilitiesOf({ capabilities, source }: JobWithSource): readonly Capability[] {
  return capabilities ?? source.capabilities;
}

export function refuseUnable(job: JobWithSource, kind: IntentKind): void {
  const name = printReference({ source: job.source.name, jobId: job.externalId });
  if (job.goneAt !== null) throw new ActionError("NOT_FOUND", `${name} is gone: its tool no longer lists it`);
  const able = capabilitiesOf(job);
  if (able.includes(kind)) return;
  const others = able.length === 0 ? "nothing, as far as we know yet" : able.join(", ");
  throw new ActionError(
    "INVALID",
    `${name} cannot ${kind}: of its tool (${job.source.adapter}) can be asked ${others}`,
  );
}

/** A class is no better than what the source can do: without a search, nobody can tell what became of a lost answer. */
export function classOf({ handOff, source }: JobWithSource): HandOffClass {
  return source.capabilities.includes("find") ? handOff : "blind";
}

export function checkKey(key: string): string {
  if (INTENT_KEY.test(key) && !key.includes("..")) return key;
  throw new InputError(
    "key",
    `"${key.slice(0, 60)}" cannot be carried by every tool; use up to 120 letters, digits and _ . : ~ -, beginning with a letter or digit, without ".."`,
  );
}

/** Every tool takes them by name. */
export function checkParameters(parameters: Json): Json {
  if (parameters === null) return null;
  if (typeof parameters !== "object" || Array.isArray(parameters))
    throw new InputError("params", 'parameters have names; write an object such as {"date": "2026-11-21"}');
  if (JSON.stringify(parameters).includes("\\u0000"))
    throw new InputError("params", "a text holds NUL, which no tool can carry");
  return parameters;
}

/** Of all that two requests with one key must have in common. */
export function digestOf(wish: Json): Buffer {
  return createHash("sha256")
    .update(JSON.stringify(sorted(wish)))
    .digest();
}

/** The order in which somebody wrote the parameters says nothing. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)]));
}
