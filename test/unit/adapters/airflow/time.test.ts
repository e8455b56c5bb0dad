import { describe, expect, it } from "vitest";
import { toDate } from "../../../../adapters/airflow/time.ts";

describe("the times of Airflow", () => {
  it.each([
    ["2020-06-11T18:00:00+00:00", "2020-06-11T18:00:00.000Z"],
    ["2025-01-13T06:45:33.009609Z", "2025-01-13T06:45:33.009Z"],
    ["2025-01-13T08:45:33+02:00", "2025-01-13T06:45:33.000Z"],
    ["2025-01-13T06:45:33", "2025-01-13T06:45:33.000Z"],
    ["2026-08-29", "2026-08-29T00:00:00.000Z"],
  ])("reads %s as %s", (text, iso) => {
    expect(toDate(text)?.toISOString()).toBe(iso);
  });

  it.each(["not-a-date", "", null, undefined, "2025-13-45T99:00:00Z"])("takes %j for unknown", (text) => {
    expect(toDate(text)).toBeNull();
  });
});
