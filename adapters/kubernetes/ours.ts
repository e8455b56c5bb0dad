/** How Kubernetes shows what we did: a name made of our key, and annotations that say the rest. */
import { createHash } from "node:crypto";
import type { Json } from "../../src/model/json.ts";

export const KEY = "tutti.dev/key";
export const JOB = "tutti.dev/job";
export const NOTE = "tutti.dev/note";
export const PARAMETERS = "tutti.dev/parameters";
export const RETRY_OF = "tutti.dev/retry-of";
export const CANCELLED = "tutti.dev/cancelled";
/** What `activeDeadlineSeconds` was before a cancel set it: a retry must not inherit ours. */
export const DEADLINE_WAS = "tutti.dev/deadline-was";
/** A label, so that `kubectl get jobs -l tutti.dev/started` shows what we began. */
export const STARTED = "tutti.dev/started";

/** 80 bits of the key: nobody meets another by chance, and who does is caught when the annotation is compared. */
const HASH_LENGTH = 16;
/**
 * A Job's name may have 63 characters, but its pods add five of chance, and those of an indexed Job their index, and all
 * of it must still be a host name.
 */
const LONGEST_NAME = 52;

/** The same key gives the same name for ever: that is what lets the API refuse a second run. */
export function nameOf(base: string, key: string): string {
  const stem = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "-")
    .slice(0, LONGEST_NAME - HASH_LENGTH - 1)
    .replaceAll(/^-+|-+$/g, "");
  return `${stem || "run"}-${hashOf(key)}`;
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

function hashOf(key: string): string {
  const digest = createHash("sha256").update(key).digest();
  let bits = "";
  for (const byte of digest.subarray(0, 10)) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join("");
}

/** A label carries 63 characters and few signs; the whole key stands in its annotation. */
export function labelOf(key: string): string {
  return hashOf(key);
}

export function parametersOf(annotation: string | undefined): Json {
  if (annotation === undefined) return null;
  try {
    return JSON.parse(annotation) as Json;
  } catch {
    return null;
  }
}
