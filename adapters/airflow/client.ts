/** The lists of Airflow's REST API as far as we read them: paths, pages and bodies, checked where they enter. */
import type { HttpReply } from "../../src/adapter/http/http.ts";
import { onFault, type RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { DAGS_PER_PAGE } from "./dialect.ts";
import type { Question } from "./feed.ts";
import { type Chunk, readList } from "./paging.ts";
import { type AirflowHealth, healthBody, listBody } from "./rows.ts";
import type { Talk } from "./session.ts";

export function listDags(talk: Talk): AsyncIterable<Chunk> {
  const { base, api } = talk.dialect;
  // Both hide DAGs that are no longer parsed unless told otherwise; to us, hidden would read as deleted.
  const all = api === "v1" ? { only_active: false } : { exclude_stale: false };
  return readList({
    of: "DAGs",
    limit: DAGS_PER_PAGE,
    rowsMayLeave: false,
    identify: field("dag_id"),
    fetch: (window) => getList(talk, "dags", `${base}/dags`, { ...window, ...all, order_by: "dag_id" }),
  });
}

export function listRuns(talk: Talk, question: Question): AsyncIterable<Chunk> {
  return readList({
    of: "DAG runs",
    limit: talk.dialect.runsPerPage,
    rowsMayLeave: true,
    identify: runKey,
    fetch: (window) => getRuns(talk, { ...question, ...window }),
  });
}

/** A version that refuses our order still sorts by id when it is asked for none. */
async function getRuns(talk: Talk, query: Question): Promise<Chunk> {
  const ask = (query: Question) => getList(talk, "dag_runs", `${talk.dialect.base}/dags/~/dagRuns`, query);
  return ask(query).catch(
    onFault("malformed", (error) => {
      if (error.status !== 400 || query["order_by"] === undefined) throw error;
      return ask({ ...query, order_by: undefined });
    }),
  );
}

/** The open runs of these DAGs. */
export function listOpenRuns(talk: Talk, dagIds: readonly string[]): AsyncIterable<Chunk> {
  const { http, dialect, signal } = talk;
  const question = { dag_ids: dagIds, states: ["queued", "running"], order_by: "id" };
  return readList({
    of: "open DAG runs",
    limit: dialect.runsPerPage,
    rowsMayLeave: true,
    identify: runKey,
    async fetch({ offset, limit }) {
      const body = { ...question, page_offset: offset, page_limit: limit };
      // A question in the clothes of a POST: safe to ask again.
      const reply = await http.post(`${dialect.base}/dags/~/dagRuns/list`, body, { signal, repeat: true });
      return readChunk("dag_runs", reply);
    },
  });
}

export async function getHealth({ http, dialect, signal }: Talk): Promise<AirflowHealth> {
  const path = dialect.api === "v1" ? `${dialect.base}/health` : `${dialect.base}/monitor/health`;
  return readBody(healthBody, await http.get(path, { signal }), "a report of its health");
}

/** Whether we may read this list. */
export function mayRead({ http, dialect, signal }: Talk, path: string): Promise<boolean> {
  const asked = http.get(`${dialect.base}${path}`, { signal, query: { limit: 1 } });
  return asked.then(() => true).catch(onFault("refused", (error) => forbidden(error, false)));
}

/** 403 is a known user without a right. Every other refusal is a matter of the login, and no answer. */
export function forbidden<T>(error: RemoteError, answer: T): T {
  if (error.status === 403) return answer;
  throw error;
}

export async function getList({ http, signal }: Talk, name: string, path: string, query: Question): Promise<Chunk> {
  return readChunk(name, await http.get(path, { signal, query }));
}

function readChunk(name: string, reply: HttpReply): Chunk {
  return { ...readBody(listBody(name), reply, `a list of ${name}`), readAt: reply.readAt };
}

export function runKey(row: unknown): string | null {
  const [dagId, runId] = [field("dag_id")(row), field("dag_run_id")(row)];
  return dagId === null || runId === null ? null : keyOfRun({ jobId: dagId, runId });
}

export function keyOfRun({ jobId, runId }: ForeignRunRef): string {
  return JSON.stringify([jobId, runId]);
}

export function field(name: string) {
  return (row: unknown): string | null => {
    if (typeof row !== "object" || row === null) return null;
    const value = (row as Readonly<Record<string, unknown>>)[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : null;
  };
}
