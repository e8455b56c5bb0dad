/** The pods of one run, and what people read in them: logs, outputs, parts. */
import type { LogRange, LogText, RunPart } from "../../src/adapter/contract.ts";
import { isFault } from "../../src/adapter/remote-error.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import type { Json } from "../../src/model/json.ts";
import { getObject, listChunks } from "./client.ts";
import { readRunRef, shortUid } from "./identity.ts";
import { lastBytes, readContainerLog } from "./log.ts";
import { CONTROLLER_UID, inOrder, lastWordsOf, partsOf } from "./pods.ts";
import { jobRow, type PodRow, podRow } from "./rows.ts";
import type { Talk } from "./session.ts";
import type { Memory } from "./watch/memory.ts";

/** A Job may have ten thousand pods. */
const MOST_PODS = 200;
/** The last of them are those a person wants to read. */
const PODS_IN_A_LOG = 10;

interface RunPods {
  readonly uid: string;
  readonly pods: readonly PodRow[];
}

/** Null when the Job is gone, and its pods with it. */
async function podsOf(talk: Talk, run: ForeignRunRef): Promise<RunPods | null> {
  const name = readRunRef(run);
  if (!name) return null;
  const { body, found } = await getObject(talk, "jobs", name.namespace, name.name);
  const job = found ? jobRow.safeParse(body).data : null;
  if (!job || shortUid(job.metadata.uid) !== name.shortUid) return null;
  const { uid } = job.metadata;
  const query = { labelSelector: `${CONTROLLER_UID}=${uid}` };
  const pods: PodRow[] = [];
  for await (const { rows } of listChunks(talk, "pods", name.namespace, { query, limit: MOST_PODS })) {
    pods.push(...rows.flatMap((row) => podRow.safeParse(row).data ?? []));
    if (pods.length >= MOST_PODS) break;
  }
  return { uid, pods: inOrder(pods) };
}

export async function parts(talk: Talk, run: ForeignRunRef): Promise<readonly RunPart[]> {
  return partsOf((await podsOf(talk, run))?.pods ?? []);
}

/** Termination messages, as JSON where they are. Of several containers, by name. */
export async function outputs(talk: Talk, memory: Memory, run: ForeignRunRef): Promise<Json> {
  const found = await podsOf(talk, run);
  const words = found ? found.pods.flatMap(lastWordsOf) : memory.wordsOfRun(run);
  const said = words.filter(({ message }) => message !== null);
  const byContainer = Object.fromEntries(said.map(({ container, message }) => [container, readMessage(message ?? "")]));
  const values = Object.values(byContainer);
  return values.length > 1 ? byContainer : (values[0] ?? null);
}

function readMessage(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text.trimEnd();
  }
}

interface Block {
  readonly title: string;
  readonly text: string;
  readonly cut: boolean;
}

/** The newest pods last. Each block names its pod and container, unless there is only one. */
export async function log(talk: Talk, run: ForeignRunRef, { tail }: LogRange): Promise<LogText> {
  const found = await podsOf(talk, run);
  if (!found) return missing("the Job is gone, and its pods and their logs with it");
  if (found.pods.length === 0) return missing("its pods are gone, and their logs with them");
  const pods = found.pods.slice(-PODS_IN_A_LOG);
  const blocks: Block[] = [];
  const reasons: string[] = [];
  let room = tail;
  // From the last one backwards, as long as there is room.
  for (const pod of pods.toReversed()) {
    for (const container of containersOf(pod).toReversed()) {
      if (room <= 0) break;
      const read = await readContainerLog(talk, pod, container, room).catch(unlessUnreadable);
      if (read.missing !== null) reasons.push(`${pod.metadata.name}/${container}: ${read.missing}`);
      else blocks.unshift({ title: `${pod.metadata.name}/${container}`, text: read.text, cut: read.cut });
      room -= Buffer.byteLength(read.text);
    }
  }
  if (blocks.length === 0) return missing(reasons.join("; ") || "no container has written anything");
  const skipped = pods.length < found.pods.length || room <= 0;
  return print(blocks, tail, skipped);
}

function containersOf({ spec }: PodRow): readonly string[] {
  const inits = (spec?.initContainers ?? []).map(({ name }) => name);
  return [...inits, ...(spec?.containers ?? []).map(({ name }) => name)];
}

/** One container whose node does not answer must not hide what the others wrote. */
function unlessUnreadable(error: unknown): LogText {
  if (isFault(error, "busy", "missing", "malformed")) return missing(error.excerpt ?? error.message);
  throw error;
}

function print(blocks: readonly Block[], tail: number, skipped: boolean): LogText {
  const [only] = blocks;
  const whole =
    blocks.length === 1 && only
      ? only.text
      : blocks.map(({ title, text }) => `==> ${title} <==\n${text.trimEnd()}\n`).join("\n");
  const bytes = Buffer.from(whole);
  const text = bytes.length <= tail ? whole : lastBytes(bytes, tail);
  return { text, cut: skipped || bytes.length > tail || blocks.some(({ cut }) => cut), missing: null };
}

function missing(reason: string): LogText {
  return { text: "", cut: false, missing: reason };
}
