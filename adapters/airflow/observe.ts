/**
 * The present state of chosen runs.
 *
 * Airflow cannot be asked for a list of run ids. Those we wait for are mostly open, so the open runs of their DAGs are
 * read together, and only what is not among them is asked for by itself: it has ended, or it is gone.
 */
import { onFault, RemoteError } from "../../src/adapter/remote-error.ts";
import type { FindRequest, Found } from "../../src/adapter/contract.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { getRun } from "./calls.ts";
import { keyOfRun, listOpenRuns, runKey } from "./client.ts";
import { runIdOf } from "./ours.ts";
import { runPage } from "./pages.ts";
import type { Chunk } from "./paging.ts";
import type { Session, Talk } from "./session.ts";
import { siteOf } from "./translate.ts";

/** Up to here single questions are cheaper than a list that may hold every open run of a busy DAG. */
const ONE_BY_ONE = 8;

/** As many as the source is asked at once. More would only fill the queue before it, which is bounded. */
const AT_ONCE = 4;

/** As many names as one body carries without anybody minding. */
const DAGS_PER_QUESTION = 200;

export async function observe(session: Session, talk: Talk, refs: readonly ForeignRunRef[]): Promise<Chunk[]> {
  const chunks = refs.length > ONE_BY_ONE ? await readOpen(talk, refs) : [];
  const found = new Set(chunks.flatMap(({ rows }) => rows.map(runKey)));
  const singles = await readEach(
    talk,
    refs.filter((ref) => !found.has(keyOfRun(ref))),
  );
  if (singles.includes(null)) chunks.push(await believeAbsence(session, talk));
  return [...chunks, ...singles.filter((chunk) => chunk !== null)];
}

/** The run that carries our key. Null only from a server that surely has none. */
export async function find(session: Session, talk: Talk, { jobId, key }: FindRequest): Promise<Found | null> {
  const chunk = await readOne(talk, { jobId, runId: runIdOf(key) });
  if (chunk === null) {
    await believeAbsence(session, talk);
    return null;
  }
  const { items, rejected } = runPage(chunk, siteOf(talk));
  const [run] = items;
  if (run) return { run, by: "key" };
  throw new RemoteError(`Airflow answers to our run id with no run: ${rejected[0]?.reason ?? "an empty answer"}`, {
    fault: "malformed",
    passing: false,
  });
}

async function readOpen(talk: Talk, refs: readonly ForeignRunRef[]): Promise<Chunk[]> {
  const wanted = new Set(refs.map(keyOfRun));
  const dagIds = [...new Set(refs.map(({ jobId }) => jobId))];
  const chunks: Chunk[] = [];
  for (let at = 0; at < dagIds.length; at += DAGS_PER_QUESTION) {
    for await (const chunk of listOpenRuns(talk, dagIds.slice(at, at + DAGS_PER_QUESTION))) {
      chunks.push({ ...chunk, rows: chunk.rows.filter((row) => wanted.has(runKey(row) ?? "")) });
    }
  }
  return chunks;
}

async function readEach(talk: Talk, refs: readonly ForeignRunRef[]): Promise<(Chunk | null)[]> {
  const chunks: (Chunk | null)[] = [];
  for (let at = 0; at < refs.length; at += AT_ONCE) {
    const some = refs.slice(at, at + AT_ONCE).map((ref) => readOne(talk, ref));
    chunks.push(...(await Promise.all(some)));
  }
  return chunks;
}

/** Null for a run that is not there. */
async function readOne(talk: Talk, ref: ForeignRunRef): Promise<Chunk | null> {
  const reply = await getRun(talk, ref).catch(onFault("missing", () => null));
  return reply && { rows: [reply.body], total: null, readAt: reply.readAt };
}

/** After an upgrade every path of the old API is a 404. That is no word about any run. */
async function believeAbsence(session: Session, { dialect, signal }: Talk): Promise<Chunk> {
  const { dialect: now, readAt } = await session.detect(signal);
  if (now.api === dialect.api) return { rows: [], total: null, readAt };
  throw new RemoteError("Airflow changed its API while we asked", { fault: "missing", passing: true });
}
