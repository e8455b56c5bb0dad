/** A job's schedule, and when it comes due: as exact as Jenkins, where we know its zone. */
import { jenkinsSchedule } from "../../src/model/schedule/jenkins.ts";
import { readJenkinsSpec, SpecError } from "../../src/model/schedule/jenkins-spec.ts";
import type { Schedule } from "../../src/model/schedule.ts";
import type { Triggers } from "./config-xml.ts";

export interface ScheduleFound {
  readonly schedule: Schedule | null;
  readonly problem: string | null;
}

/** `timezone` is that of the controller, if its owner told us. */
export function toSchedule(
  triggers: Triggers | null,
  jobId: string,
  timezone: string | null,
  now: Date,
): ScheduleFound {
  if (triggers?.timer) return computed(triggers.timer, jobId, timezone, now);
  if (!triggers?.foreignTimer) return { schedule: null, problem: null };
  const foreign = {
    expression: triggers.foreignTimer,
    dialect: "native",
    timezone: null,
    text: null,
    nextAt: null,
  } as const;
  return { schedule: foreign, problem: null };
}

function computed(expression: string, jobId: string, timezone: string | null, now: Date): ScheduleFound {
  try {
    const zone = readJenkinsSpec(expression, jobId).timezone ?? timezone;
    // The API tells the zone of the JVM nowhere, and a guess would be wrong twice a year at least.
    const nextAt = zone === null ? null : (jenkinsSchedule(expression, jobId, zone).next(now, 1)[0] ?? null);
    return { schedule: { expression, dialect: "jenkins", timezone: zone, text: null, nextAt }, problem: null };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const schedule = { expression, dialect: "jenkins", timezone, text: null, nextAt: null } as const;
    return { schedule, problem: `its schedule cannot be read: ${error.message}` };
  }
}
