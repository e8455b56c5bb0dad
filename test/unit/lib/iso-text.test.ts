import fc from "fast-check";
import { describe, it } from "vitest";
import { isoText } from "../../../src/lib/iso-text.ts";

describe("the text of a moment", () => {
  it("is what toISOString writes", () => {
    const years1To9999 = fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    const same = (date: Date) => isoText(date.getTime()) === date.toISOString();
    fc.assert(fc.property(years1To9999, same), { numRuns: 5_000 });
  });
});
