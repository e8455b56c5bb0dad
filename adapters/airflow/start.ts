/**
 * Starts a run under our own id.
 *
 * Airflow refuses a second run with the same id, which is what makes a repeat safe. But it answers 409 to a date that
 * is taken as well, in 3.x without a word of which: only reading our id back tells whose run it was.
 */
import type { Started, StartRequest } from "../../src/adapter/contract.ts";
import { isFault, onFault, RemoteError } from "../../src/adapter/remote-error.ts";
import type { Json } from "../../src/model/json.ts";
import { postRun, readDag, readRun } from "./calls.ts";
import { newRunId, startNote } from "./ours.ts";
import type { AirflowRun } from "./rows.ts";
import type { Talk } from "./session.ts";
import { siteOf, toRun } from "./translate.ts";

export async function start(talk: Talk, { jobId, key, parameters, note }: StartRequest): Promise<Started> {
  const run = { runId: newRunId(key), conf: toConf(parameters), note: startNote(note) };
  const paused = await isPaused(talk, jobId).catch(nothingWasSent);
  const row = await postRun(talk, jobId, run).catch(
    onFault("conflict", (error) => readBack(talk, { jobId, runId: run.runId }, error)),
  );
  return { run: toRun(row, siteOf(talk)), merged: false, warning: paused ? PAUSED : null };
}

/** Airflow takes a trigger of a paused DAG, and lets it wait for ever. */
export const PAUSED = "the DAG is paused: its run stays queued until somebody unpauses it";

export async function isPaused(talk: Talk, dagId: string): Promise<boolean> {
  return (await readDag(talk, dagId)).is_paused === true;
}

function toConf(parameters: Json): Json {
  if (parameters === null) return {};
  if (typeof parameters === "object" && !Array.isArray(parameters)) return parameters;
  throw new RemoteError("Airflow takes parameters by name: they must be an object", {
    fault: "malformed",
    passing: false,
    uncertain: false,
  });
}

async function readBack(
  talk: Talk,
  ref: { readonly jobId: string; readonly runId: string },
  conflict: RemoteError,
): Promise<AirflowRun> {
  return readRun(talk, ref).catch((error: unknown) => {
    if (isFault(error, "missing")) throw notOurs(conflict);
    // The run may well be ours: whatever keeps us from seeing it, this is no clear no.
    throw error instanceof RemoteError ? told(error, { uncertain: true }) : error;
  });
}

function notOurs(conflict: RemoteError): RemoteError {
  const message = `${conflict.message}; no run has our id, so another run of this DAG has the same date`;
  return new RemoteError(message, { fault: "conflict", passing: false, uncertain: false, cause: conflict });
}

/** Whatever went wrong before the request that starts, began nothing. */
export function nothingWasSent(error: unknown): never {
  throw error instanceof RemoteError ? told(error, { uncertain: false }) : error;
}

function told(error: RemoteError, { uncertain }: { readonly uncertain: boolean }): RemoteError {
  if (error.uncertain === uncertain) return error;
  const { message, fault, passing, status, retryAfterMs, excerpt } = error;
  return new RemoteError(message, {
    fault,
    passing,
    uncertain,
    cause: error,
    ...(status === null ? {} : { status }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(excerpt === null ? {} : { excerpt }),
  });
}
