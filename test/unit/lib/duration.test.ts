import { describe, expect, it } from "vitest";
import { parseDuration, printDuration } from "../../../src/lib/duration.ts";
import { InputError } from "../../../src/lib/input-error.ts";

describe("a duration", () => {
  it.each([
    ["45s", 45_000],
    ["15m", 900_000],
    ["1.5h", 5_400_000],
    ["14d", 1_209_600_000],
    ["2w", 1_209_600_000],
    [" 250ms ", 250],
  ])("%s is read as people mean it", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "5", "m", "5 m", "-5m", "5y", "1h30m", "1e3s"])("refuses %j and says how to write one", (text) => {
    expect(() => parseDuration(text, "spec.sync.lookBack")).toThrow(InputError);
    expect(() => parseDuration(text)).toThrow(/30s, 15m, 4h, 14d/);
  });

  it.each([
    [0, "0ms"],
    [850, "850ms"],
    [1_000, "1s"],
    [59_999, "1m"],
    [4_320_000, "1h 12m"],
    [3_600_000 + 5_000, "1h"],
    [259_200_000, "3d"],
    [90_000_000, "1d 1h"],
  ])("%i ms are printed in the two units that matter", (milliseconds, text) => {
    expect(printDuration(milliseconds)).toBe(text);
  });
});
