/**
 * Which job of ours an object belongs to, and what its run is called.
 *
 *   reports/publish            the CronJob `publish` in the namespace `reports`
 *   reports/template/publish   a template from the source's own settings
 *   reports/job/migrate-db     Jobs that nobody schedules, by what they have in common: a label, a name they were
 *                              generated from, or their own name
 *   reports/scaledjob/worker   Jobs that another controller owns
 *
 * A name is used again once its object is gone, so a run is called `<name>~<the first eight of its uid>`.
 */
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { JOB } from "./ours.ts";
import type { JobRow } from "./rows.ts";
import { toDate } from "./time.ts";

type Metadata = JobRow["metadata"];

export const SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";
export const INSTANTIATED = "cronjob.kubernetes.io/instantiate";

export interface JobName {
  readonly namespace: string;
  readonly kind: "cronjob" | "template" | "other";
  readonly name: string;
}

export function cronJobId({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

export function templateId({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/template/${name}`;
}

/** Null for what no object of a cluster can be called. */
export function readJobId(id: string): JobName | null {
  const [namespace, middle, last, ...more] = id.split("/");
  if (!namespace || !middle || more.length > 0) return null;
  if (last === undefined) return { namespace, kind: "cronjob", name: middle };
  return last === "" ? null : { namespace, kind: middle === "template" ? "template" : "other", name: last };
}

const UID_LENGTH = 8;

export function runIdOf({ name, uid }: Pick<Metadata, "name" | "uid">): string {
  return `${name}~${shortUid(uid)}`;
}

export function shortUid(uid: string): string {
  return uid.replaceAll("-", "").slice(0, UID_LENGTH);
}

export interface RunName {
  readonly namespace: string;
  readonly name: string;
  readonly shortUid: string;
}

export function readRunRef({ jobId, runId }: ForeignRunRef): RunName | null {
  const job = readJobId(jobId);
  const at = runId.lastIndexOf("~");
  if (!job || at < 1 || at === runId.length - 1) return null;
  return { namespace: job.namespace, name: runId.slice(0, at), shortUid: runId.slice(at + 1) };
}

/** The job this Job is a run of. `groupBy` is the label that people told us to go by. */
export function jobIdOf(metadata: Metadata, groupBy: string | null): string {
  const { namespace, name, annotations, labels, ownerReferences, generateName } = metadata;
  const ours = annotations?.[JOB];
  if (ours?.startsWith(`${namespace}/`) && readJobId(ours)) return ours;
  const cronJob = cronJobOf(metadata);
  if (cronJob !== null) return cronJobId({ namespace, name: cronJob });
  const controller = ownerReferences.find((owner) => owner.controller === true);
  if (controller) return `${namespace}/${controller.kind.toLowerCase()}/${controller.name}`;
  const label = groupBy === null ? undefined : labels?.[groupBy];
  return `${namespace}/job/${label || generateName?.replace(/-+$/, "") || name}`;
}

/** By its owner; and for the orphan of a deleted CronJob by its name, which still ends with its minute. */
export function cronJobOf({ name, annotations, ownerReferences }: Metadata): string | null {
  // Older versions of kubectl left `controller` out of what they began by hand.
  const owner = ownerReferences.find(({ kind }) => kind === "CronJob");
  if (owner) return owner.name;
  return annotations?.[SCHEDULED] === undefined ? null : (/^(.+)-\d{8,10}$/.exec(name)?.[1] ?? null);
}

export function isManual({ annotations }: Metadata): boolean {
  return annotations?.[INSTANTIATED] === "manual";
}

// Minutes since 1970 have eight digits, and seconds ten; they meet in no century of ours.
const LARGEST_MINUTES = 100_000_000;

/** The moment a CronJob's run was due: told since 1.28, and before that the number at the end of its name. */
export function scheduledAt(metadata: Metadata): Date | null {
  const told = toDate(metadata.annotations?.[SCHEDULED]);
  if (told || isManual(metadata) || cronJobOf(metadata) === null) return told;
  const digits = /-(\d{8,10})$/.exec(metadata.name)?.[1];
  if (digits === undefined) return null;
  const number = Number(digits);
  return new Date(number < LARGEST_MINUTES ? number * 60_000 : number * 1_000);
}
