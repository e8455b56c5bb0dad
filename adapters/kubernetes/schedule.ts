/** A CronJob's schedule in our words, with the next moment as its controller would compute it. */
import { readKubernetesSchedule } from "../../src/model/schedule/kubernetes.ts";
import type { Schedule } from "../../src/model/schedule.ts";
import type { CronJobRow } from "./rows.ts";
import { toDate } from "./time.ts";

export interface ReadSchedule {
  readonly schedule: Schedule;
  /** Why the controller would not run it. */
  readonly problem: string | null;
}

export function toSchedule(cronJob: CronJobRow, defaultTimeZone: string, now: Date): ReadSchedule {
  const { metadata, spec, status } = cronJob;
  const anchor = toDate(status?.lastScheduleTime) ?? toDate(metadata.creationTimestamp);
  const timeZone = spec.timeZone || null;
  const read = readKubernetesSchedule(spec.schedule, { timeZone, defaultTimeZone, anchor });
  const kept = { expression: spec.schedule, dialect: "kubernetes", text: null } as const;
  if ("problem" in read) {
    return { schedule: { ...kept, timezone: timeZone, nextAt: null }, problem: `schedule: ${read.problem}` };
  }
  const nextAt = spec.suspend ? null : read.next(now);
  return { schedule: { ...kept, timezone: read.timezone, nextAt }, problem: problemOf(nextAt, spec.suspend ?? false) };
}

function problemOf(nextAt: Date | null, suspended: boolean): string | null {
  return nextAt === null && !suspended ? "schedule: it never comes" : null;
}
