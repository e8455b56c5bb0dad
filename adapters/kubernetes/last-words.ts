/** Why failed Jobs failed, asked of their pods: one question for a page of them. */
import { isFault } from "../../src/adapter/remote-error.ts";
import { listChunks } from "./client.ts";
import { stateOf } from "./job-state.ts";
import { CONTROLLER_UID, jobUidOf, type LastWords, lastWordsOf } from "./pods.ts";
import { type JobRow, podRow } from "./rows.ts";
import type { Talk } from "./session.ts";
import type { Memory } from "./watch/memory.ts";

/** A selector stands in the address, and addresses have an end. */
const UIDS_A_QUESTION = 40;
/** A Job may have ten thousand pods; the last words of the first hundreds say as much. */
const MOST_PODS = 1_000;

export type WordsByJob = ReadonlyMap<string, readonly LastWords[]>;

/** Without the right to see pods, a failure is told by its Job alone; the probe says which right is missing. */
export async function lastWordsFor(talk: Talk, jobs: readonly JobRow[], memory: Memory): Promise<WordsByJob> {
  const words = new Map<string, LastWords[]>();
  const failed = jobs.filter((job) => stateOf(job).state === "failed");
  for (const [namespace, uids] of byNamespace(failed)) {
    for (let from = 0; from < uids.length; from += UIDS_A_QUESTION) {
      const some = uids.slice(from, from + UIDS_A_QUESTION);
      await collect(talk, namespace, some, words).catch(unlessForbidden);
    }
  }
  // A pod that went before we asked may have been seen to end.
  for (const { metadata } of failed) {
    const seen = memory.wordsOf(metadata.uid);
    if (!words.has(metadata.uid) && seen.length > 0) words.set(metadata.uid, [...seen]);
  }
  return words;
}

function byNamespace(jobs: readonly JobRow[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { metadata } of jobs)
    groups.set(metadata.namespace, [...(groups.get(metadata.namespace) ?? []), metadata.uid]);
  return groups;
}

async function collect(
  talk: Talk,
  namespace: string,
  uids: readonly string[],
  words: Map<string, LastWords[]>,
): Promise<void> {
  const query = { labelSelector: `${CONTROLLER_UID} in (${uids.join(",")})` };
  let pods = 0;
  for await (const { rows } of listChunks(talk, "pods", namespace, { query })) {
    for (const row of rows) {
      const pod = podRow.safeParse(row).data;
      const uid = pod && jobUidOf(pod);
      if (uid) words.set(uid, [...(words.get(uid) ?? []), ...lastWordsOf(pod)]);
    }
    pods += rows.length;
    if (pods >= MOST_PODS) return;
  }
}

function unlessForbidden(error: unknown): void {
  if (!isFault(error, "refused") || error.status !== 403) throw error;
}
