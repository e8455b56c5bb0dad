/**
 * What an adapter promises. A plain object: methods that are present are the capabilities that API, console and CLI
 * show. It keeps no memory between calls: the sync owns the watermark, the store owns the truth.
 */
import type { z } from "zod";
import type { Capability } from "../model/capability.ts";
import type { ForeignGate, ForeignJob, ForeignLink, ForeignRun, ForeignRunRef } from "../model/foreign.ts";
import type { HandOffClass } from "../model/hand-off.ts";
import type { Json } from "../model/json.ts";
import type { Http, HttpOptions } from "./http/http.ts";

/** One answer of the remote. A listing is a sequence of them. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The remote's own clock when it answered, so that our clock never decides what we have missed. */
  readonly readAt: Date;
  /** Rows that could not be understood. They are quarantined and shown; the rest of the page is kept. */
  readonly rejected: readonly RejectedRow[];
}

export interface RejectedRow {
  readonly kind: "job" | "run" | "gate" | "link";
  /** What the row calls itself, as far as it can be told. */
  readonly id: string | null;
  readonly reason: string;
  /** The row, redacted and bounded by the sync. */
  readonly sample: unknown;
}

export interface Probe {
  readonly version: string;
  /** Rights we would need and do not have, in the tool's own names. */
  readonly missingRights: readonly string[];
  /** Parts of the tool that say they are unwell: `scheduler: unhealthy since …`. */
  readonly troubles: readonly string[];
  /** The remote's clock minus ours, in milliseconds; null where the remote does not tell its time. */
  readonly clockSkewMs: number | null;
}

export interface StartRequest {
  readonly jobId: string;
  readonly parameters: Json;
  /** Ours, unique for ever. Asked again with the same key, a keyed remote answers with the run already started. */
  readonly key: string;
  /** Shown in the tool beside the run: who asked, and why. */
  readonly note: string | null;
}

export interface Started {
  /** Where the tool queues before it numbers, the item in its queue: the run takes its final name later, `formerly` this one. */
  readonly run: ForeignRun;
  /** The tool folded our request into a run that somebody else asked for: it will do our work, and is not ours. */
  readonly merged: boolean;
  /** What the person who started it should know: "the DAG is paused; the run stays queued". */
  readonly warning: string | null;
}

/** What a tool without keys needs beside one to recognise a run as ours. */
export interface FindRequest {
  readonly jobId: string;
  readonly key: string;
  /** No request of ours with this key left before this moment, by the remote's clock as far as we know it. */
  readonly sentAfter: Date;
  /** Runs of this job that other requests of ours are known to have begun. */
  readonly taken: readonly string[];
}

export interface Found {
  readonly run: ForeignRun;
  /** By our key, or by exclusion: the only run of this job by our user since then that nothing else explains. */
  readonly by: "key" | "exclusion";
}

export interface RetryRequest {
  readonly run: ForeignRunRef;
  /** Where a retry is a run of its own, it is started under this key. */
  readonly key: string;
  readonly note: string | null;
}

export interface LogRange {
  /** Bytes from the end. */
  readonly tail: number;
}

export interface LogText {
  readonly text: string;
  /** Something was left out at the front. */
  readonly cut: boolean;
  /** Null where the tool has no log for this run, with the reason in `text` left empty. */
  readonly missing: string | null;
}

/** A piece of a run that the tool shows on its own: a task instance, a stage, a pod. */
export interface RunPart {
  readonly id: string;
  readonly name: string;
  readonly state: ForeignRun["state"];
  readonly native: ForeignRun["native"];
  readonly attempt: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface Remote {
  /** Reachable? Which version, which rights are missing, how far apart are the clocks? */
  probe(signal: AbortSignal): Promise<Probe>;

  /** Every job known now. Complete or it throws: a cut list is never read as deletion. */
  jobs(signal: AbortSignal): AsyncIterable<Page<ForeignJob>>;

  /** Runs that changed at or after `since`, by the remote's clock. Repeats are harmless, gaps are not. */
  runs(since: Date, signal: AbortSignal): AsyncIterable<Page<ForeignRun>>;

  /** Runs that began in a window of the past, newest first: how a first connect looks back. */
  history(window: { readonly from: Date; readonly to: Date }, signal: AbortSignal): AsyncIterable<Page<ForeignRun>>;

  /**
   * Every run that has not ended. Complete or it throws. What we hold as open and this does not return has ended
   * unseen or is gone, and `observe` tells which.
   */
  open(signal: AbortSignal): AsyncIterable<Page<ForeignRun>>;

  /** The present state of these runs, batched. A run the remote no longer knows is left out of the answer. */
  observe(runs: readonly ForeignRunRef[], signal: AbortSignal): Promise<Page<ForeignRun>>;

  /** Changes as they happen. It only ever makes `runs` sooner, and never replaces it. */
  watch?(signal: AbortSignal): AsyncIterable<ForeignRunRef>;

  /** Starts a run under our key. Tells accepted, or throws; an error that is `uncertain` leaves a run possible. */
  start?(request: StartRequest, signal: AbortSignal): Promise<Started>;

  /** The run that carries our key, or null when there surely is none. How a crash is survived. */
  find?(request: FindRequest, signal: AbortSignal): Promise<Found | null>;

  /** Asks for a stop and returns. The end state arrives later, by observation. */
  cancel?(run: ForeignRunRef, reason: string, signal: AbortSignal): Promise<void>;

  /** Does a finished run again: as a new attempt of the same run, or as a run of its own where the tool knows no other way. */
  retry?(request: RetryRequest, signal: AbortSignal): Promise<Started>;

  pause?(jobId: string, signal: AbortSignal): Promise<void>;
  resume?(jobId: string, signal: AbortSignal): Promise<void>;

  /** Bounded and redacted by the caller. */
  log?(run: ForeignRunRef, range: LogRange, signal: AbortSignal): Promise<LogText>;

  outputs?(run: ForeignRunRef, signal: AbortSignal): Promise<Json>;

  parts?(run: ForeignRunRef, signal: AbortSignal): Promise<readonly RunPart[]>;

  /** Every decision the tool is waiting for from a person. Complete or it throws. */
  gates?(signal: AbortSignal): AsyncIterable<Page<ForeignGate>>;

  /** Which jobs wait for which, and which data they read and write, as the tool knows it. Complete or it throws. */
  links?(signal: AbortSignal): AsyncIterable<Page<ForeignLink>>;

  /** Lets go of sockets and timers. Called once. */
  close?(): Promise<void>;
}

export interface Adapter<Config = unknown> {
  /** Stored beside every job we learn of, so it is never renamed. */
  readonly kind: string;
  /** For people: `Apache Airflow`. */
  readonly title: string;
  readonly config: z.ZodType<Config>;
  /** The strongest class its jobs can have. */
  readonly handOff: HandOffClass;
  /** From the moment a start arrived until `find` surely shows its run. Only then does "nowhere" mean "never began". */
  readonly visibleWithinMs: number;
  /** Where people would open the tool itself. */
  address(config: Config): string;
  /** Cheap and offline: a wrong config fails here, a dead remote at the first read. */
  connect(config: Config, host: Host): Remote;
}

/** What the house lends to every adapter. */
export interface Host {
  /** The one way out. Every failure arrives as a `RemoteError`, every abort as an abort. */
  http(options: HttpOptions): Http;
  /** The value behind `env:NAME` or `file:/path`, read anew each time so that a rotated key is seen. */
  secret(reference: string): Promise<string>;
  now(): Date;
  readonly log: HostLog;
}

/** Constant messages; what varies goes into fields. */
export interface HostLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const METHOD_OF: Readonly<Record<Capability, keyof Remote>> = {
  watch: "watch",
  observe: "observe",
  start: "start",
  find: "find",
  cancel: "cancel",
  retry: "retry",
  pause: "pause",
  resume: "resume",
  log: "log",
  outputs: "outputs",
  parts: "parts",
  gates: "gates",
  links: "links",
};

export function capabilitiesOf(remote: Remote): Capability[] {
  return (Object.keys(METHOD_OF) as Capability[]).filter((capability) => remote[METHOD_OF[capability]] !== undefined);
}
