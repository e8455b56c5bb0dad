/** A job as it is shown. */
import type { JobView, ScheduleView } from "../../model/view.ts";
import { column, type Fields, moment } from "./fields.ts";
import { toExactIso, utc } from "./moment.ts";
import { observed } from "./source-fields.ts";

export const JOB_KEYS = ["id", "sourceId", "name"] as const;

export const JOB_FIELDS: Fields<Omit<JobView, "source">> = {
  id: column("job.id"),
  sourceId: column("job.source_id"),
  externalId: column("job.external_id"),
  name: column("job.name"),
  path: column("job.path"),
  description: column("job.description"),
  schedule: {
    columns: ["job.schedule", utc("job.next_at")],
    read: (row, at) => toSchedule(row[at] as StoredSchedule | null, row[at + 1] as string | null),
  },
  paused: column("job.paused"),
  owner: column("job.owner"),
  tags: column("job.tags"),
  url: column("job.url"),
  capabilities: column("job.capabilities"),
  handOff: column("job.hand_off"),
  problem: column("job.problem"),
  observedAt: observed("job.observed_at", "job.gone_at"),
  goneAt: moment("job.gone_at"),
};

type StoredSchedule = Omit<ScheduleView, "nextAt">;

/** The next time is a column of its own: it changes daily, the rest hardly ever. */
function toSchedule(stored: StoredSchedule | null, nextAt: string | null): ScheduleView | null {
  if (stored === null) return null;
  const { expression, dialect, timezone, text } = stored;
  return { expression, dialect, timezone, text, nextAt: nextAt === null ? null : toExactIso(nextAt) };
}
