/** Query strings, read as strictly as the API that gets them. */
import type { Range } from "./run-table.ts";
import type { RunTime } from "./rows.ts";
import type { List, Tongue } from "./tongue.ts";

export type RawQuery = Readonly<Record<string, string | readonly string[]>>;

export interface Window {
  readonly offset: number;
  readonly limit: number;
}

export class QueryReader {
  readonly #query: RawQuery;
  readonly #tongue: Tongue;

  constructor(query: RawQuery, tongue: Tongue, list: List) {
    this.#query = query;
    this.#tongue = tongue;
    const known = tongue.parameters(list);
    const unknown = known === null ? [] : Object.keys(query).filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw tongue.refuse(400, `Extra query parameter(s) ${unknown.join(", ")} not in spec`);
    }
  }

  window(largest: number): Window {
    const wished = this.#number("limit") ?? this.#tongue.usualLimit;
    return { offset: this.#number("offset") ?? 0, limit: Math.min(wished, largest) };
  }

  text(name: string): string | null {
    const value = this.#query[name];
    return value === undefined ? null : String([value].flat().at(-1));
  }

  flag(name: string, usual: boolean): boolean {
    const text = this.text(name);
    if (text === null) return usual;
    if (!/^(true|false)$/i.test(text)) throw this.#tongue.invalid(["query", name], "not a boolean");
    return text.toLowerCase() === "true";
  }

  /** Null where the parameter is not there. */
  set(name: string): ReadonlySet<string> | null {
    const value = this.#query[name];
    return value === undefined ? null : new Set(this.#tongue.values(value));
  }

  states(): ReadonlySet<string> | null {
    const states = this.set("state");
    const odd = [...(states ?? [])].find((state) => !this.#tongue.states.includes(state));
    // 2.x simply finds nothing in a state it does not know.
    if (odd !== undefined && this.#tongue.api === "v2") {
      throw this.#tongue.invalid(["query", "state"], `Invalid value for state: ${odd}`);
    }
    return states;
  }

  range(parameter: string, time: RunTime, now: number): Range[] {
    const [from, to] = [this.#time(`${parameter}_gte`), this.#time(`${parameter}_lte`)];
    if (from === null && to === null) return [];
    const missingIsNow = this.#tongue.missingTimeIsNow && (time === "startDate" || time === "endDate");
    return [{ time, from: from ?? -Infinity, to: to ?? Infinity, nullIs: missingIsNow ? now : null }];
  }

  #number(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    if (!/^\d+$/.test(text)) throw this.#tongue.invalid(["query", name], "not an integer of 0 or more");
    return Number(text);
  }

  #time(name: string): number | null {
    const text = this.text(name);
    return text === null ? null : readTime(text, this.#tongue, ["query", name]);
  }
}

export function readTime(value: unknown, tongue: Tongue, where: readonly string[]): number {
  const time = typeof value === "string" && /(Z|[+-]\d{2}:\d{2})$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw tongue.invalid(where, "Input should be a valid datetime with a time zone");
  return time;
}
