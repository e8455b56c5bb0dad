/**
 * Resource versions: opaque words up to 1.34, and whole numbers of any length from 1.35 on. Never a `Number`: they
 * outgrow it.
 */
import { coerce, gte } from "semver";

export function comparesVersions(gitVersion: string): boolean {
  const version = coerce(gitVersion);
  return version !== null && gte(version, "1.35.0");
}

/** Whether `a` surely came before `b`; what is no number is never older than anything. */
export function isOlder(a: string, b: string): boolean {
  if (!/^[1-9]\d*$/.test(a) || !/^[1-9]\d*$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
