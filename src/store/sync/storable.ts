/** What PostgreSQL would refuse, or would keep at too high a price, is found before it is sent. Pure. */
import type { ForeignGate, ForeignJob, ForeignLink, ForeignRun } from "../../model/foreign.ts";
import { isRunState } from "../../model/run-state.ts";
import type { Json } from "../../model/json.ts";

/** A unique index takes rows up to 2.7 KB, and both ids of a run lie in one. */
const ID_BYTES = 1_000;
const WORD_LENGTH = 1_000;
const TEXT_LENGTH = 16_384;
const LIST_LENGTH = 200;
const PARAMETERS_BYTES = 262_144;
/** `JSON.stringify` recurses; at some six thousand levels it overflows the stack. */
const JSON_DEPTH = 64;

/** The row as it can be stored, or null; and what is wrong with it, or null. A row can be kept and still have a flaw. */
export interface Storable<Row> {
  readonly row: Row | null;
  readonly flaw: string | null;
}

export function storableRun(run: ForeignRun): Storable<ForeignRun> {
  const flaw =
    idFlaw("job id", run.jobId) ??
    idFlaw("run id", run.runId) ??
    (run.formerly === null ? null : idFlaw("former run id", run.formerly)) ??
    (isRunState(run.state) ? null : "state is none of ours") ??
    textFlaw("state", run.native.word, run.native.rule) ??
    textFlaw("cause", run.cause.by, run.cause.key) ??
    textFlaw("error", run.error?.kind, run.error?.message) ??
    textFlaw("url", run.url) ??
    timeFlaw(run.queuedAt, run.startedAt, run.endedAt);
  if (flaw) return { row: null, flaw };
  const parameters = jsonFlaw(run.parameters);
  if (parameters && !parameters.tooMuch) return { row: null, flaw: `parameters ${parameters.flaw}` };
  const row = trimRun(run);
  if (!parameters) return { row, flaw: null };
  // What ran matters more than with what: the run stays, and both places say what is missing.
  return { row: { ...row, parameters: { leftOut: parameters.flaw } }, flaw: `parameters ${parameters.flaw}` };
}

export function storableJob(job: ForeignJob): Storable<ForeignJob> {
  const flaw =
    idFlaw("job id", job.id) ??
    textFlaw("name", job.name, ...job.path) ??
    textFlaw("description", job.description, job.problem) ??
    textFlaw("schedule", job.schedule?.expression, job.schedule?.timezone, job.schedule?.text) ??
    textFlaw("owner, tags or url", job.owner, job.url, ...job.tags) ??
    timeFlaw(job.schedule?.nextAt ?? null);
  return flaw ? { row: null, flaw } : { row: trimJob(job), flaw: null };
}

export function storableGate(gate: ForeignGate): Storable<ForeignGate> {
  const { jobId, runId, gateId } = gate;
  const flaw =
    idFlaw("job id", jobId) ??
    idFlaw("run id", runId) ??
    idFlaw("gate id", gateId) ??
    // All three lie in one unique index.
    (Buffer.byteLength(jobId + runId + gateId) > 2 * ID_BYTES ? `ids are longer than ${2 * ID_BYTES} bytes` : null) ??
    textFlaw("title or text", gate.title, gate.text) ??
    textFlaw("choices, asked or url", gate.url, ...gate.choices, ...gate.asked) ??
    timeFlaw(gate.since);
  return flaw ? { row: null, flaw } : { row: trimGate(gate), flaw: null };
}

function trimGate(gate: ForeignGate): ForeignGate {
  return {
    ...gate,
    title: cut(gate.title, WORD_LENGTH),
    text: gate.text === null ? null : cut(gate.text, TEXT_LENGTH),
    choices: gate.choices.slice(0, LIST_LENGTH).map((choice) => cut(choice, WORD_LENGTH)),
    asked: gate.asked.slice(0, LIST_LENGTH).map((one) => cut(one, WORD_LENGTH)),
    url: shortUrl(gate.url),
  };
}

export function storableLink(link: ForeignLink): Storable<ForeignLink> {
  const flaw =
    link.kind === "job"
      ? (idFlaw("upstream", link.upstream) ?? idFlaw("downstream", link.downstream))
      : (idFlaw("job id", link.jobId) ?? idFlaw("data", link.data));
  return flaw ? { row: null, flaw } : { row: link, flaw: null };
}

function trimRun(run: ForeignRun): ForeignRun {
  const { native, cause, error } = run;
  const fits =
    (run.endedAt === null || isEnded(run)) &&
    native.word.length <= WORD_LENGTH &&
    (error?.message.length ?? 0) <= TEXT_LENGTH &&
    (error?.kind.length ?? 0) <= WORD_LENGTH &&
    (cause.by?.length ?? 0) <= WORD_LENGTH &&
    (cause.key?.length ?? 0) <= WORD_LENGTH &&
    (run.url?.length ?? 0) <= WORD_LENGTH * 4;
  // Nearly every run is stored as it came, so nothing is copied for those.
  if (fits) return run;
  return {
    ...run,
    native: { ...native, word: cut(native.word, WORD_LENGTH) },
    cause: { kind: cause.kind, by: cutMaybe(cause.by), key: cutMaybe(cause.key) },
    error: error && { kind: cut(error.kind, WORD_LENGTH), message: cut(error.message, TEXT_LENGTH) },
    // Some tools leave the end of the attempt before on a run that goes again.
    endedAt: isEnded(run) ? run.endedAt : null,
    url: shortUrl(run.url),
  };
}

function isEnded(run: ForeignRun): boolean {
  return run.state !== "queued" && run.state !== "running" && run.state !== "waiting";
}

function trimJob(job: ForeignJob): ForeignJob {
  const { schedule } = job;
  return {
    ...job,
    name: cut(job.name, WORD_LENGTH),
    path: job.path.slice(0, LIST_LENGTH).map((folder) => cut(folder, WORD_LENGTH)),
    description: job.description === null ? null : cut(job.description, TEXT_LENGTH),
    problem: job.problem === null ? null : cut(job.problem, TEXT_LENGTH),
    schedule: schedule && {
      ...schedule,
      expression: cut(schedule.expression, WORD_LENGTH),
      text: cutMaybe(schedule.text),
    },
    owner: cutMaybe(job.owner),
    tags: job.tags.slice(0, LIST_LENGTH).map((tag) => cut(tag, WORD_LENGTH)),
    url: shortUrl(job.url),
  };
}

function idFlaw(what: string, id: string): string | null {
  if (id === "") return `${what} is empty`;
  if (Buffer.byteLength(id) > ID_BYTES) return `${what} is longer than ${ID_BYTES} bytes`;
  return textFlaw(what, id);
}

function textFlaw(what: string, ...texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const flaw = text ? characterFlaw(text) : null;
    if (flaw) return `${what} ${flaw}`;
  }
  return null;
}

function characterFlaw(text: string): string | null {
  if (text.includes("\0")) return "holds a NUL character";
  return /\p{Surrogate}/u.test(text) ? "holds half a character (a lone surrogate)" : null;
}

function timeFlaw(...times: readonly (Date | null)[]): string | null {
  for (const time of times) {
    if (time === null) continue;
    const year = time.getUTCFullYear();
    if (!(year >= 1 && year <= 9_999)) return "a time lies outside the years 1 to 9999, or is none";
  }
  return null;
}

interface JsonFlaw {
  readonly flaw: string;
  readonly tooMuch: boolean;
}

/** Walks without recursion and stops at the limit, so that 50 MB cost no more than 256 KB. */
function jsonFlaw(json: Json): JsonFlaw | null {
  if (json === null) return null;
  const rest: { value: unknown; depth: number }[] = [{ value: json, depth: 0 }];
  for (let bytes = 0, item = rest.pop(); item; item = rest.pop()) {
    const { value, depth } = item;
    if (depth > JSON_DEPTH) return { flaw: `are nested deeper than ${JSON_DEPTH} levels`, tooMuch: true };
    bytes += 8;
    if (typeof value === "string") {
      bytes += value.length;
      const flaw = bytes <= PARAMETERS_BYTES ? characterFlaw(value) : null;
      if (flaw) return { flaw, tooMuch: false };
    } else if (typeof value === "object" && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        rest.push({ value: key, depth }, { value: child, depth: depth + 1 });
        bytes += 8;
        if (bytes > PARAMETERS_BYTES) break;
      }
    } else if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
      return { flaw: "are not JSON", tooMuch: false };
    }
    if (bytes > PARAMETERS_BYTES) return { flaw: `are larger than ${PARAMETERS_BYTES / 1_024} KB`, tooMuch: true };
  }
  return null;
}

function cutMaybe(text: string | null): string | null {
  return text === null ? null : cut(text, WORD_LENGTH);
}

/** Never through the middle of a character, or the rest could not be stored. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Half an address leads nowhere. */
function shortUrl(url: string | null): string | null {
  return url !== null && url.length > WORD_LENGTH * 4 ? null : url;
}
