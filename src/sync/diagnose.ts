/** Asks a source everything that can be wrong with a connection, in the order in which it would go wrong. */
import type { Probe, Remote } from "../adapter/contract.ts";
import { RemoteError } from "../adapter/remote-error.ts";
import { printDuration } from "../lib/duration.ts";
import type { Check, CheckSubject } from "../model/check.ts";
import { walk } from "./walk.ts";

export interface Patient {
  /** Where people open the tool. */
  readonly url: string;
  /** PEM of a private authority. */
  readonly ca?: string;
  readonly remote: Pick<Remote, "probe">;
}

/** Beyond it, "late" and "since" begin to lie. */
const SKEW_LIMIT_MS = 5_000;

export async function diagnose({ url, ca, remote }: Patient, now: Date, signal: AbortSignal): Promise<Check[]> {
  const way = await walk(new URL(url), ca, now, signal);
  if (way.some(({ outcome }) => outcome === "failed")) return [...way, ...unasked("the tool could not be reached")];
  try {
    return [...way, ...readProbe(await remote.probe(signal))];
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return [...way, ...readFault(error)];
  }
}

function readProbe({ version, missingRights, troubles, clockSkewMs }: Probe): Check[] {
  const rights = missingRights.map((right) =>
    failed("right", `${right} is missing`, `give it to the user that Tutti signs in with`),
  );
  const health = troubles.map((trouble) => failed("health", trouble, "ask those who run the tool"));
  return [
    ok("answer", "it speaks the language of its adapter"),
    ok("auth", "it knows us"),
    ...(rights.length > 0 ? rights : [ok("right", "none is missing")]),
    ok("version", version),
    ...(health.length > 0 ? health : [ok("health", "no part says that it is unwell")]),
    clock(clockSkewMs),
  ];
}

/** The way was open and the probe still failed: what stands there is another, refuses us, or is not well. */
function readFault({ fault, message }: RemoteError): Check[] {
  if (fault === "refused") {
    return [
      ok("answer", "it answers"),
      failed("auth", message, "check user, password or token, and that the reference points at the present one"),
      ...unasked("it does not let us in", ["right", "version", "health", "clock"]),
    ];
  }
  const advice =
    fault === "busy"
      ? "it asks for patience: look again in a minute, and at its load"
      : "check that the url is the tool's own, with its path, and that no proxy answers in its place";
  return [failed("answer", message, advice), ...unasked("it gave no answer that we can read").slice(1)];
}

function clock(skewMs: number | null): Check {
  if (skewMs === null) return unknown("clock", "the tool does not tell its time");
  const words = `${printDuration(Math.abs(skewMs))} ${skewMs < 0 ? "behind" : "ahead of"} ours`;
  if (Math.abs(skewMs) <= SKEW_LIMIT_MS) return ok("clock", words);
  return failed("clock", words, "let both machines take their time from the same NTP servers");
}

const AFTER_THE_WAY: readonly CheckSubject[] = ["answer", "auth", "right", "version", "health", "clock"];

function unasked(reason: string, subjects = AFTER_THE_WAY): Check[] {
  return subjects.map((subject) => unknown(subject, `not asked: ${reason}`));
}

function ok(subject: CheckSubject, detail: string): Check {
  return { subject, outcome: "ok", detail, advice: null };
}

function failed(subject: CheckSubject, detail: string, advice: string): Check {
  return { subject, outcome: "failed", detail, advice };
}

function unknown(subject: CheckSubject, detail: string): Check {
  return { subject, outcome: "unknown", detail, advice: null };
}
