/** Why a build runs, as far as Jenkins remembers it. */
import type { Cause } from "../../src/model/foreign.ts";
import type { ActionRow, CauseRow } from "./rows.ts";

type Kind = Cause["kind"];

/** By the end of the Java class: plugins bring their own causes, and most of them say what they are. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/(?:ReplayCause|RebuildCause|NaginatorCause|RestartDeclarativePipelineCause)$/, "retry"],
  [/(?:TimerTriggerCause|ParameterizedTimerTriggerCause)$/, "schedule"],
  [/(?:UpstreamCause|BuildUpstreamCause)$/, "trigger"],
  [/(?:SCMTriggerCause|BranchIndexingCause|BranchEventCause|PushCause|WebHookCause|RemoteCause)$/, "trigger"],
  [/UserId?Cause$/, "manual"],
];

/** Each build may have several: the first that says something decides, for Jenkins lists them in their order. */
export function toCause(actions: readonly ActionRow[], key: string | null): Cause {
  const causes = causesOf(actions);
  const [kind, cause] = causes.map((one) => [kindOf(one), one] as const).find(([kind]) => kind !== "unknown") ?? [];
  const by = cause ? whoOf(cause) : (causes[0]?.shortDescription ?? null);
  return key === null ? { kind: kind ?? "unknown", by, key: null } : { kind: "us", by, key };
}

export function causesOf(actions: readonly ActionRow[]): readonly CauseRow[] {
  return actions.flatMap(({ causes }) => causes);
}

function kindOf({ _class, ...cause }: CauseRow): Kind {
  const known = KINDS.find(([word]) => word.test(_class ?? ""));
  if (known) return known[1];
  // Old versions name no class; their fields and their one sentence tell.
  if (cause.upstreamProject) return "trigger";
  if (cause.userId || cause.userName) return "manual";
  if (/^Started by timer/i.test(cause.shortDescription ?? "")) return "schedule";
  return /^Started by an SCM change/i.test(cause.shortDescription ?? "") ? "trigger" : "unknown";
}

function whoOf(cause: CauseRow): string | null {
  if (cause.upstreamProject) return `${cause.upstreamProject}${cause.upstreamBuild ? ` #${cause.upstreamBuild}` : ""}`;
  return cause.userId || cause.userName || (kindOf(cause) === "schedule" ? null : (cause.shortDescription ?? null));
}

/** Whether this user, and nobody else and nothing else, asked for it. Jenkins itself ignores the case of names. */
export function isOnlyBy(actions: readonly ActionRow[], user: string | null): boolean {
  const causes = causesOf(actions);
  return causes.length > 0 && causes.every((cause) => isBy(cause, user));
}

export function isAlsoBy(actions: readonly ActionRow[], user: string | null): boolean {
  return causesOf(actions).some((cause) => isBy(cause, user));
}

function isBy(cause: CauseRow, user: string | null): boolean {
  if (kindOf(cause) !== "manual") return false;
  if (user === null) return !cause.userId || cause.userId === "anonymous";
  return cause.userId?.toLowerCase() === user.toLowerCase();
}
