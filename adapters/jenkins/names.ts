/**
 * How Jenkins names things, and how its URLs write them.
 *
 * A branch called `feature/x` is a job called `feature%2Fx`, and `feature%252Fx` in a URL. So a path is always made from
 * a full name, each segment encoded once more, and the host in a `url` of an answer is never used: it comes from a
 * setting that is often wrong.
 */

/** `team/etl` is at `/job/team/job/etl`; the root is at the empty path. */
export function jobPath(fullName: string): string {
  return fullName === ""
    ? ""
    : fullName
        .split("/")
        .map((name) => `/job/${encodeURIComponent(name)}`)
        .join("");
}

export function buildPath(jobId: string, number: number): string {
  return `${jobPath(jobId)}/${number}`;
}

const JOB_PATH = /((?:\/job\/[^/]+)+)\/?$/;
const BUILD_PATH = /((?:\/job\/[^/]+)+)\/(\d+)\/?$/;

/** Null for whatever is no job: a node step, a configuration of a matrix, a module. */
export function jobOfUrl(url: string | null | undefined): string | null {
  return fullNameOf(JOB_PATH.exec(withoutQuery(url))?.[1]);
}

export function buildOfUrl(url: string | null | undefined): { readonly jobId: string; readonly number: number } | null {
  const [, path, number] = BUILD_PATH.exec(withoutQuery(url)) ?? [];
  const jobId = fullNameOf(path);
  return jobId === null ? null : { jobId, number: Number(number) };
}

function withoutQuery(url: string | null | undefined): string {
  return (url ?? "").replace(/[?#].*$/s, "");
}

function fullNameOf(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    return path
      .split("/job/")
      .slice(1)
      .map((segment) => decodeURIComponent(segment))
      .join("/");
  } catch {
    return null;
  }
}

/**
 * A job that is deleted and made again counts from 1 again, and only the time tells its builds from the old ones. So the
 * time is part of a build's name here, and an action meant for the old build can never reach the new one.
 */
export function runIdOf(number: number, timestampMs: number | null): string {
  return timestampMs === null ? String(number) : `${number}@${new Date(timestampMs).toISOString().slice(0, 19)}Z`;
}

export function queueIdOf(item: number): string {
  return `queue/${item}`;
}

export type RunName =
  | { readonly kind: "build"; readonly number: number; readonly at: string | null }
  | { readonly kind: "item"; readonly item: number };

/** Null for a name that is none of ours. A bare number is understood, and guarded by nothing. */
export function readRunId(runId: string): RunName | null {
  const [, number, at] = /^(\d{1,15})(?:@(.+))?$/.exec(runId) ?? [];
  if (number !== undefined) return { kind: "build", number: Number(number), at: at ?? null };
  const item = /^queue\/(\d{1,15})$/.exec(runId)?.[1];
  return item === undefined ? null : { kind: "item", item: Number(item) };
}
