/**
 * The triggers of each job, one request a job and hour.
 *
 * Nothing in Jenkins's API tells that a job was configured anew, so a text is kept for a while: between half an hour and
 * an hour, for each job another time, so that a fleet is never asked for all at once again.
 */
import { createHash } from "node:crypto";
import { isFault, RemoteError } from "../../src/adapter/remote-error.ts";
import type { Jenkins } from "./client.ts";
import { readTriggers, type Triggers } from "./config-xml.ts";
import { jobPath } from "./names.ts";

export interface TriggerReader {
  /** Null where we may not read it, or cannot. */
  read(jobId: string, signal: AbortSignal): Promise<Triggers | null>;
  keepOnly(jobIds: ReadonlySet<string>): void;
}

interface Kept {
  readonly triggers: Triggers | null;
  readonly untilMs: number;
}

const LONGEST_MS = 3_600_000;
const MOST_BYTES = 4 * 1024 * 1024;

export function createTriggerReader(jenkins: Jenkins): TriggerReader {
  const kept = new Map<string, Kept>();

  return {
    async read(jobId, signal) {
      const known = kept.get(jobId);
      const nowMs = jenkins.now().getTime();
      if (known && nowMs < known.untilMs) return known.triggers;
      const triggers = await readConfig(jenkins, jobId, signal);
      kept.set(jobId, { triggers, untilMs: nowMs + LONGEST_MS * (0.5 + share(jobId) / 2) });
      return triggers;
    },
    keepOnly(jobIds) {
      for (const id of kept.keys()) if (!jobIds.has(id)) kept.delete(id);
    },
  };
}

async function readConfig(jenkins: Jenkins, jobId: string, signal: AbortSignal): Promise<Triggers | null> {
  try {
    const request = { signal, as: "text", maxBytes: MOST_BYTES, headers: { accept: "application/xml" } } as const;
    const { body } = await jenkins.get(`${jobPath(jobId)}/config.xml`, request);
    return typeof body === "string" ? readTriggers(body) : null;
  } catch (error) {
    // Job/ExtendedRead is a right by itself, a job may go while we list, and a file may be huge: the job is there.
    if (isFault(error, "missing") || isForbidden(error) || isFault(error, "malformed")) return null;
    throw error;
  }
}

export function isForbidden(error: unknown): boolean {
  return error instanceof RemoteError && error.status === 403;
}

/** From 0 up to 1, always the same for one name, and far apart for names that differ in their last letter. */
function share(name: string): number {
  return createHash("md5").update(name, "utf8").digest().readUInt32BE() / 2 ** 32;
}
