/** Our words in GraphQL's spelling. Each value says what it means, for the schema is where people look first. */
import { CAPABILITIES, type Capability } from "../../model/capability.ts";
import { FAULTS, type Fault } from "../../model/fault.ts";
import { CAUSE_KINDS, type CauseKind } from "../../model/foreign.ts";
import { HAND_OFF_CLASSES, type HandOffClass } from "../../model/hand-off.ts";
import { RUN_STATES, type RunState } from "../../model/run-state.ts";
import { DIALECTS, type Dialect } from "../../model/schedule.ts";
import type { JobOrder, RunOrder } from "../../model/view.ts";
import { ROLES, type Role } from "../../governance/principal.ts";
import { BLINDNESSES, type Blindness } from "./blindness.ts";
import { builder } from "./builder.ts";

export function enumOf<Word extends string>(
  name: string,
  description: string,
  words: readonly Word[],
  meanings: Readonly<Record<Word, string>>,
) {
  const values = words.map((word) => [
    word.toUpperCase().replaceAll("-", "_"),
    { value: word, description: meanings[word] },
  ]);
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(values) as Record<string, { readonly value: Word; readonly description: string }>,
  });
}

export const RunStateRef = enumOf<RunState>("RunState", "Where a run stands, in our eight words.", RUN_STATES, {
  queued: "Asked for; the tool has not begun.",
  running: "Under way.",
  waiting: "Begun, and held up by something outside: a person, a retry, a resource.",
  succeeded: "Ended well, by the tool's own judgement.",
  failed: "Ended badly, by the tool's own judgement.",
  cancelled: "Stopped by somebody before its end.",
  skipped: "The tool decided not to run it.",
  unknown: "We cannot tell: a word we do not know, or a run that vanished while it was open.",
});

export const CauseKindRef = enumOf<CauseKind>("CauseKind", "Why a run began.", CAUSE_KINDS, {
  schedule: "Its time had come.",
  manual: "A person asked the tool for it.",
  trigger: "Another run, a dataset or an event.",
  backfill: "Made up for a time in the past.",
  retry: "A run was asked for again.",
  us: "Started through Tutti.",
  unknown: "The tool does not say.",
});

export const CapabilityRef = enumOf<Capability>("Capability", "Something the tool can be asked for.", CAPABILITIES, {
  watch: "It tells of changes as they happen.",
  observe: "It can be asked about single runs.",
  start: "Runs can be started.",
  find: "A run can be found again by the key it was started with.",
  cancel: "Runs can be stopped.",
  retry: "Finished runs can be run again.",
  pause: "Jobs can be paused.",
  resume: "Paused jobs can be resumed.",
  log: "Logs can be read.",
  outputs: "What a run produced can be read.",
  parts: "The pieces of a run are shown on their own.",
  gates: "Decisions it waits for are listed.",
  links: "It tells which jobs wait for which, and which data they share.",
});

export const HandOffRef = enumOf<HandOffClass>(
  "HandOffClass",
  "How surely one start becomes one run.",
  HAND_OFF_CLASSES,
  {
    keyed: "The tool refuses a second run with our key.",
    marked: "It cannot refuse, but our marker can be searched for.",
    blind: "Neither: at most once, then a person is asked.",
  },
);

export const FaultRef = enumOf<Fault | "ours">(
  "Fault",
  "Who failed when a source could not be read, and how.",
  [...FAULTS, "ours"],
  {
    unreachable: "No answer.",
    busy: "It answered: not now.",
    refused: "It does not let us in.",
    missing: "What we asked for is not there.",
    conflict: "It contradicts what was asked.",
    malformed: "An answer we cannot read.",
    ours: "A mistake on our side; the log has it.",
  },
);

export const DialectRef = enumOf<Dialect>("ScheduleDialect", "Whose rules a schedule's expression follows.", DIALECTS, {
  debian: "Debian's cron.",
  cronie: "cronie, as on Red Hat.",
  busybox: "BusyBox's crond.",
  jenkins: "Jenkins, with its H.",
  kubernetes: "Kubernetes' CronJob.",
  quartz: "Quartz, with seconds.",
  interval: "Every so often.",
  native: "The tool alone can compute it, and tells the next time.",
});

export const RoleRef = enumOf<Role>("Role", "What somebody may do.", ROLES, {
  admin: "Everything.",
  viewer: "Look, and nothing else.",
});

export const BlindnessRef = enumOf<Blindness>("Blindness", "Why a source shows us nothing current.", BLINDNESSES, {
  unreachable: "The last attempt to read it failed.",
  "never-synced": "It was never read to the end.",
  overdue: "It was last read longer ago than it should have been.",
});

export const RunOrderRef = enumOf<RunOrder>("RunOrder", "How runs are sorted.", ["started-desc", "started-asc"], {
  "started-desc": "Newest first.",
  "started-asc": "Oldest first.",
});

export const JobOrderRef = enumOf<JobOrder>("JobOrder", "How jobs are sorted.", ["name-asc", "name-desc", "next-asc"], {
  "name-asc": "By name.",
  "name-desc": "By name, backwards.",
  "next-asc": "The next to run first; jobs without a next time are left out.",
});
