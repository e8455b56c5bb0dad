/**
 * All jobs below a folder, several levels of folders with one request.
 *
 * Jenkins sorts the items of a folder by name and cuts them by position. A list that goes on begins with the last row of
 * the one before: where that row is another one, something came or went meanwhile, and the folder is read anew.
 */
import type { RejectedRow } from "../../src/adapter/contract.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { readBody } from "../../src/adapter/rows.ts";
import type { Jenkins } from "./client.ts";
import { jobPath } from "./names.ts";
import { itemRow, jobsBody } from "./rows.ts";
import { items } from "./trees.ts";

export interface ListedJob {
  readonly id: string;
  /** Everything that was asked for, as it came. */
  readonly row: unknown;
  /** A branch of a multibranch project: made, and switched off, by that project alone. */
  readonly branch: boolean;
}

export interface JobChunk {
  readonly jobs: readonly ListedJob[];
  readonly rejected: readonly RejectedRow[];
  readonly readAt: Date;
}

export interface ListingQuestion {
  /** Beside the name and the class. */
  readonly fields: string;
  /** Null for all at once: for small rows. */
  readonly perPage: number | null;
}

/** Deeper folders are asked for by themselves. */
const LEVELS = 3;
const MOST_ATTEMPTS = 3;

interface Folder {
  readonly id: string;
  readonly branches: boolean;
  readonly from: number;
  /** The row that must stand first, when this goes on with a list. */
  readonly first: string | null;
  readonly attempt: number;
}

export async function* listJobs(
  jenkins: Jenkins,
  { fields, perPage }: ListingQuestion,
  signal: AbortSignal,
): AsyncGenerator<JobChunk> {
  const open: Folder[] = [{ id: jenkins.config.folder ?? "", branches: false, from: 0, first: null, attempt: 1 }];
  for (let folder = open.shift(); folder; folder = open.shift()) {
    const { id, from } = folder;
    const range = (level: number) =>
      perPage === null ? "" : level === 0 ? `{${from},${from + perPage}}` : `{0,${perPage}}`;
    const reply = await jenkins.read(jobPath(id), items(fields, LEVELS, range), signal);
    const { jobs: rows } = readBody(jobsBody, reply, "a list of jobs");
    const walk = new Walk(jenkins.config.branches, perPage);
    if (moved(folder, rows)) open.unshift(anew(folder));
    else walk.folder(rows, folder, LEVELS);
    open.push(...walk.open);
    yield { jobs: walk.jobs, rejected: walk.rejected, readAt: reply.readAt };
  }
}

function moved({ first }: Folder, rows: readonly unknown[]): boolean {
  return first !== null && itemRow.safeParse(rows[0]).data?.name !== first;
}

function anew(folder: Folder): Folder {
  if (folder.attempt < MOST_ATTEMPTS) return { ...folder, from: 0, first: null, attempt: folder.attempt + 1 };
  throw new RemoteError(`the list of jobs in "${folder.id || "/"}" changed each time it was read`, {
    fault: "malformed",
    passing: true,
  });
}

/** One answer, sorted into jobs, folders to ask on for, and what cannot be understood. */
class Walk {
  readonly jobs: ListedJob[] = [];
  readonly open: Folder[] = [];
  readonly rejected: RejectedRow[] = [];
  readonly #branches: readonly string[] | undefined;
  readonly #perPage: number | null;

  constructor(branches: readonly string[] | undefined, perPage: number | null) {
    this.#branches = branches;
    this.#perPage = perPage;
  }

  folder(rows: readonly unknown[], folder: Folder, levels: number): void {
    // The first row of a list that goes on was told before.
    for (const row of folder.first === null ? rows : rows.slice(1)) this.#item(row, folder, levels);
    const last = itemRow.safeParse(rows.at(-1)).data?.name;
    if (rows.length !== this.#perPage || last === undefined) return;
    this.open.push({ ...folder, from: folder.from + rows.length - 1, first: last });
  }

  #item(row: unknown, parent: Folder, levels: number): void {
    const item = itemRow.safeParse(row);
    if (!item.success) {
      this.rejected.push({ kind: "job", id: null, reason: item.error.issues[0]?.message ?? "no name", sample: row });
      return;
    }
    const { name, jobs, nextBuildNumber, _class } = item.data;
    const id = parent.id === "" ? name : `${parent.id}/${name}`;
    const folder: Folder = { id, branches: isMultibranch(_class), from: 0, first: null, attempt: 1 };
    if (jobs && levels > 1) this.folder(jobs, folder, levels - 1);
    // At the deepest level only the first of its items was asked for.
    else if (jobs) this.open.push(...(jobs.length > 0 ? [folder] : []));
    else if (isFolder(_class)) throw withoutItems(id);
    else if (nextBuildNumber !== undefined && this.#isWanted(name, parent))
      this.jobs.push({ id, row, branch: parent.branches });
  }

  #isWanted(name: string, parent: Folder): boolean {
    return !parent.branches || !this.#branches || this.#branches.some((pattern) => isLike(plainName(name), pattern));
  }
}

function isMultibranch(kind: string | null | undefined): boolean {
  return kind?.endsWith("MultiBranchProject") ?? false;
}

function isFolder(kind: string | null | undefined): boolean {
  return /(?:\.Folder|OrganizationFolder|MultiBranchProject)$/.test(kind ?? "");
}

/** A plugin stumbled over this folder and Jenkins left its items out: that is not the same as none. */
function withoutItems(id: string): RemoteError {
  return new RemoteError(`Jenkins lists the folder "${id}" without its items; its log tells why`, {
    fault: "malformed",
    passing: true,
  });
}

export function plainName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
