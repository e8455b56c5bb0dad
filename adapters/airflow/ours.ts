/**
 * How Airflow shows what we did: a run id that carries our key, and lines of ours in the run's note.
 *
 * Airflow knows no cancelled, and a run that is cleared keeps its id and its note. So a line names the attempt it is
 * about by the moment the attempt was queued or began: a line about an earlier one says nothing of this one.
 */
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { AirflowRun } from "./rows.ts";
import { toDate } from "./time.ts";

/** No prefix of Airflow's own (`manual__`, `scheduled__`, …), which it refuses or takes for generated. */
const KEY_PREFIX = "tutti__";

/** `[scheduler] allowed_run_id_pattern` as it ships, and the width of the column. */
const RUN_ID = /^[A-Za-z0-9_.~:+-]{1,250}$/;

/** Airflow's own limit on a note. Whatever stands behind it was not written by us. */
const NOTE_LENGTH = 1_000;
const REASON_LENGTH = 300;

const CANCELLED = /^cancelled via Tutti\b(?: \(attempt of ([^)]*)\))?/m;
const RETRIED = /^retried via Tutti \(attempt of ([^),]*), key ([^)]*)\)/m;
const CANCEL_LINE = /^cancelled via Tutti\b.*$\n?/gm;
const RETRY_LINE = /^retried via Tutti\b.*$\n?/gm;

type Marked = Pick<AirflowRun, "note" | "queued_at" | "start_date">;

export function keyOf(runId: string): string | null {
  return runId.startsWith(KEY_PREFIX) && runId.length > KEY_PREFIX.length ? runId.slice(KEY_PREFIX.length) : null;
}

export function runIdOf(key: string): string {
  return `${KEY_PREFIX}${key}`;
}

/** The run id of a start, or a clear no before anything is sent. */
export function newRunId(key: string): string {
  const runId = runIdOf(key);
  if (key !== "" && RUN_ID.test(runId) && !runId.includes("..")) return runId;
  throw new RemoteError(`Airflow takes no run id "${runId}": it must match ${RUN_ID.source}, without ".."`, {
    fault: "malformed",
    passing: false,
    uncertain: false,
  });
}

export function startNote(note: string | null): string {
  return note === null ? "started via Tutti" : `started via Tutti: ${oneLine(note)}`;
}

/** The note of a run that we cancel: what others wrote in it is kept, as far as there is room. */
export function cancelNote(run: Marked, reason: string): string {
  const line = `cancelled via Tutti (attempt of ${attemptOf(run)}): ${oneLine(reason)}`;
  return withLine(run.note, CANCEL_LINE, line);
}

/** Which attempt we were about to do again, and under which key: so a lost answer is not asked for twice. */
export function retryNote(run: Marked, key: string, note: string | null): string {
  const why = note === null ? "" : `: ${oneLine(note)}`;
  return withLine(run.note, RETRY_LINE, `retried via Tutti (attempt of ${attemptOf(run)}, key ${key})${why}`);
}

export function weCancelled(run: Marked): boolean {
  const found = CANCELLED.exec((run.note ?? "").slice(0, NOTE_LENGTH));
  return found !== null && (found[1] === undefined || namesAttempt(run, found[1]));
}

/** What the note tells of a retry under this key: nothing, that it was about to be asked for, or that it took place. */
export function retryUnder(run: Marked, key: string): "unheard" | "announced" | "done" {
  const found = RETRIED.exec(run.note ?? "");
  if (found?.[2] !== key) return "unheard";
  return namesAttempt(run, found[1] ?? "") ? "announced" : "done";
}

/** 3.x tells when an attempt was queued, and 2.x only when it began. */
function attemptOf(run: Marked): string {
  return iso(run.queued_at) ?? iso(run.start_date) ?? "none";
}

/** By either time: an upgrade from 2.x to 3.x must not turn a cancelled run into a failed one. */
function namesAttempt(run: Marked, attempt: string): boolean {
  if (attempt === "none") return iso(run.start_date) === null;
  return [iso(run.queued_at), iso(run.start_date)].includes(attempt);
}

function iso(text: string | null | undefined): string | null {
  return toDate(text)?.toISOString() ?? null;
}

/** In the place of the older line of its kind, and first: what is cut off at the end must not be what we read again. */
function withLine(note: string | null | undefined, older: RegExp, line: string): string {
  const rest = (note ?? "").replace(older, "").trim();
  return (rest === "" ? line : `${line}\n${rest}`).slice(0, NOTE_LENGTH);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, REASON_LENGTH);
}
