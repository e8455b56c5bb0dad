import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readKubernetesSchedule } from "../../../src/model/schedule/kubernetes.ts";

interface Vector {
  readonly expression: string;
  readonly zone: string;
  readonly after: string;
  readonly next: readonly string[];
  readonly problem?: true;
}

const file = join(import.meta.dirname, "../../corpus/kubernetes/robfig-cron-3.0.1.json");
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];

function answersTo({ expression, zone, after, next }: Vector): string[] | "problem" {
  const schedule = readKubernetesSchedule(expression, { timeZone: zone || null });
  if ("problem" in schedule) return "problem";
  let at: Date | null = new Date(after);
  return Array.from({ length: Math.max(1, next.length) }, () => {
    at = at && schedule.next(at);
    return at?.toISOString().replace(".000Z", "Z") ?? "";
  }).filter(Boolean);
}

describe("31: a CronJob's schedule", () => {
  it("comes when the controller's own library says", () => {
    expect(vectors.length).toBeGreaterThan(600);
    const wrong = vectors.filter(
      (vector) => String(answersTo(vector)) !== String(vector.problem ? "problem" : vector.next),
    );
    expect(wrong).toEqual([]);
  });

  it("counts @every from when it was last scheduled", () => {
    const anchor = new Date("2026-03-01T00:10:00Z");
    const schedule = readKubernetesSchedule("@every 1h30m", { anchor });
    if ("problem" in schedule) throw new Error(schedule.problem);
    expect(schedule.next(new Date("2026-03-01T04:00:00Z"))).toEqual(new Date("2026-03-01T04:40:00Z"));
  });

  it("keeps the zone inside it, and refuses one nobody knows", () => {
    expect(readKubernetesSchedule("TZ=Asia/Kolkata 30 9 * * *")).toMatchObject({ timezone: "Asia/Kolkata" });
    expect(readKubernetesSchedule("0 0 * * *", { timeZone: "Mars/Base" })).toEqual({
      problem: "unknown time zone Mars/Base",
    });
  });
});
