/** Why a Job failed: what its controller says, and the last words of the container that broke it. */
import type { RunError } from "../../src/model/foreign.ts";
import type { LastWords } from "./pods.ts";
import type { Condition } from "./rows.ts";

const MESSAGE_LENGTH = 2_000;

export function toError(end: Condition, words: readonly LastWords[]): RunError {
  const culprit = culpritOf(words);
  const said = [end.message || end.reason || "the Job failed", culprit && describe(culprit)].filter(Boolean);
  return { kind: kindOf(end, culprit), message: said.join("; ").slice(0, MESSAGE_LENGTH) };
}

/** The last one that ended badly: earlier ones were tried again. */
function culpritOf(words: readonly LastWords[]): LastWords | null {
  const bad = words.filter(({ exitCode, reason }) => exitCode !== 0 && reason !== "Completed");
  return bad.toSorted((a, b) => Number(a.endedAt) - Number(b.endedAt)).at(-1) ?? null;
}

function kindOf({ reason }: Condition, culprit: LastWords | null): string {
  if (reason === "DeadlineExceeded") return "timeout";
  if (culprit?.reason === "OOMKilled") return "oom";
  if (culprit?.disrupted) return "evicted";
  return reason || "failed";
}

function describe({ pod, container, exitCode, signal, reason, message, disrupted }: LastWords): string {
  const place = container === "" ? `pod ${pod}` : `container ${container} of pod ${pod}`;
  const code = exitCode === null ? "ended" : `exited with ${exitCode}`;
  const why = [disrupted ?? reason, signal === null ? null : `signal ${signal}`].filter(Boolean).join(", ");
  return `${place} ${code}${why ? ` (${why})` : ""}${message ? `: ${message.trim()}` : ""}`;
}
