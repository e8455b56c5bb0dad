/** What is asked of one DAG or one run: paths and bodies as the two APIs take them. Lists are in `client.ts`. */
import type { HttpReply } from "../../src/adapter/http/http.ts";
import { onFault, RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { Json } from "../../src/model/json.ts";
import { type AirflowDag, type AirflowRun, dagRow, runRow } from "./rows.ts";
import type { Talk } from "./session.ts";

export function dagPath({ dialect }: Talk, dagId: string): string {
  return `${dialect.base}/dags/${encodeURIComponent(dagId)}`;
}

export function runPath(talk: Talk, { jobId, runId }: ForeignRunRef): string {
  return `${dagPath(talk, jobId)}/dagRuns/${encodeURIComponent(runId)}`;
}

export function getRun(talk: Talk, ref: ForeignRunRef): Promise<HttpReply> {
  return talk.http.get(runPath(talk, ref), { signal: talk.signal });
}

export async function readRun(talk: Talk, ref: ForeignRunRef): Promise<AirflowRun> {
  return toRow(await getRun(talk, ref));
}

export async function readDag(talk: Talk, dagId: string): Promise<AirflowDag> {
  const reply = await talk.http.get(dagPath(talk, dagId), { signal: talk.signal });
  return readBody(dagRow, reply, "a DAG");
}

export interface NewRun {
  readonly runId: string;
  readonly conf: Json;
  readonly note: string;
}

/** 3.x wants the date said to be null, and so no two starts collide; 2.x takes the present microsecond for none. */
export async function postRun(talk: Talk, dagId: string, { runId, conf, note }: NewRun): Promise<AirflowRun> {
  const { api, notes } = talk.dialect;
  const body = {
    dag_run_id: runId,
    conf,
    ...(notes ? { note } : {}),
    ...(api === "v2" ? { logical_date: null } : {}),
  };
  return toRow(await talk.http.post(`${dagPath(talk, dagId)}/dagRuns`, body, { signal: talk.signal }));
}

/** Sets the note alone. Before 2.5 there is none to set. */
export async function patchNote(talk: Talk, ref: ForeignRunRef, note: string): Promise<void> {
  if (!talk.dialect.notes) return;
  const { signal } = talk;
  const path = runPath(talk, ref);
  if (talk.dialect.api === "v1") await talk.http.patch(`${path}/setNote`, { note }, { signal });
  else await talk.http.patch(path, { note }, { signal, query: { update_mask: "note" } });
}

/** In 3.x the note goes along, in 2.x it has a path of its own. */
export async function failRun(talk: Talk, ref: ForeignRunRef, note: string): Promise<AirflowRun> {
  const body = talk.dialect.api === "v1" ? { state: "failed" } : { state: "failed", note };
  const reply = talk.http.patch(runPath(talk, ref), body, { signal: talk.signal });
  return toRow(await reply.catch(onFault("missing", dagIsGone)));
}

export interface Clearing {
  readonly onlyFailed: boolean;
  /** All tasks where none is named. */
  readonly taskIds?: readonly string[];
}

/** Both flags are said, for their defaults are the wrong ones: a dry run, and a run that stays as it ended. */
export async function clearTasks(talk: Talk, ref: ForeignRunRef, { onlyFailed, taskIds }: Clearing): Promise<void> {
  const body = {
    dry_run: false,
    reset_dag_runs: true,
    dag_run_id: ref.runId,
    only_failed: onlyFailed,
    ...(taskIds === undefined ? {} : { task_ids: taskIds }),
  };
  const path = `${dagPath(talk, ref.jobId)}/clearTaskInstances`;
  await talk.http.post(path, body, { signal: talk.signal }).catch(onFault("missing", dagIsGone));
}

export async function patchPaused(talk: Talk, dagId: string, paused: boolean): Promise<void> {
  const { http, signal } = talk;
  const query = { update_mask: "is_paused" };
  // The second time it is as it was asked to be: safe to repeat.
  await http.patch(dagPath(talk, dagId), { is_paused: paused }, { signal, query, repeat: true });
}

/** Asked about a run that we have just read. */
function dagIsGone(error: RemoteError): never {
  throw new RemoteError(`Airflow cannot change the run, for it no longer knows its DAG: ${error.message}`, {
    fault: "refused",
    passing: false,
    cause: error,
  });
}

function toRow(reply: HttpReply): AirflowRun {
  return readBody(runRow, reply, "a DAG run");
}
