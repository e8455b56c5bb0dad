import { z } from "zod";
import { parseDuration } from "../lib/duration.ts";

/** `45s`, `15m`, `4h`, `14d` in a document; milliseconds behind it. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d|w)$/, "a duration is a number and a unit, such as 30s, 15m, 4h, 14d")
  .transform((text) => parseDuration(text));
