/** Times, lengths of time and free JSON. Times leave as the database wrote them: ISO 8601, UTC. */
import { InputError } from "../../lib/input-error.ts";
import { parseDuration } from "../../lib/duration.ts";
import type { Json } from "../../model/json.ts";
import { ApiError } from "./api-error.ts";
import { builder } from "./builder.ts";

/** A day alone is its midnight in UTC; a time without a zone would be a guess. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d))?$/;

builder.scalarType("DateTime", {
  description:
    "A moment in ISO 8601, answered in UTC: `2026-11-21T03:15:00Z`. Asked with any offset; a day alone means its midnight in UTC.",
  serialize: (moment) => moment,
  parseValue: parseMoment,
});

builder.scalarType("Duration", {
  description: "A length of time as people write it: `90s`, `15m`, `24h`, `14d`, `2w`.",
  serialize: printHours,
  parseValue: parseLength,
});

builder.scalarType("JSON", {
  description: "Any JSON value, as the tool gave it.",
  serialize: (value) => value,
  parseValue: (value) => value as Json,
});

export function parseMoment(text: unknown): string {
  const moment = typeof text === "string" && MOMENT.test(text) ? new Date(text.replace(",", ".")) : null;
  if (!moment || Number.isNaN(moment.getTime())) {
    throw new ApiError(
      "INVALID",
      `${print(text)} is no moment; write one in ISO 8601 with its zone, such as 2026-11-21T03:15:00Z`,
    );
  }
  return moment.toISOString();
}

function parseLength(text: unknown): number {
  if (typeof text !== "string")
    throw new ApiError("INVALID", `${print(text)} is no duration; write a text such as "24h"`);
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof InputError) throw new ApiError("INVALID", error.message);
    throw error;
  }
}

/** Only ever printed as the default of an argument. */
function printHours(milliseconds: unknown): string {
  const length = Number(milliseconds);
  return length % 3_600_000 === 0 ? `${length / 3_600_000}h` : `${length}ms`;
}

function print(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}
