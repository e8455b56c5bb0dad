/** What a source knows of who waits for whom, as one complete list. Edges are facts of the present: what is not told is not. */
import { type RawBuilder, sql } from "kysely";
import type { ForeignLink } from "../../model/foreign.ts";
import type { Db } from "../db.ts";
import { type Lease, underLease } from "./lease.ts";
import { quarantine, type Rejection } from "./quarantine.ts";
import { storableLink } from "./storable.ts";

/** All pages of one listing, read to the end: a list that was cut or refused must never come here. */
export interface LinkList {
  readonly items: readonly ForeignLink[];
  readonly rejected: readonly Rejection[];
}

export interface LinksApplied {
  added: number;
  removed: number;
  quarantined: number;
}

interface LinkRow {
  readonly kind: "follows" | "reads" | "writes";
  readonly job: string;
  readonly target: string;
}

/** Writes the difference alone, all of it in one transaction: nobody sees half a graph. */
export async function applyLinks(db: Db, lease: Lease, list: LinkList): Promise<LinksApplied> {
  const { links, rejections } = sift(list);
  const { sourceId } = lease;
  const added = await unknownLinks(db, sourceId, links);
  // An edge that could not be read may be any of those that are missing.
  const removed = rejections.length === 0 ? await missingLinks(db, sourceId, links) : [];
  if (added.length + removed.length + rejections.length > 0) {
    await underLease(db, lease, async (trx) => {
      await insertLinks(trx, sourceId, added);
      await deleteLinks(trx, sourceId, removed);
      await quarantine(trx, sourceId, rejections);
    });
  }
  return { added: added.length, removed: removed.length, quarantined: rejections.length };
}

function sift(list: LinkList): { links: LinkRow[]; rejections: Rejection[] } {
  const rejections = [...list.rejected];
  const links = new Map<string, LinkRow>();
  for (const link of list.items) {
    const { row, flaw } = storableLink(link);
    if (!row) {
      rejections.push({ kind: "link", id: JSON.stringify(link), reason: flaw ?? "", sample: link });
      continue;
    }
    const edge = toRow(row);
    // A job that triggers itself waits for nobody else.
    if (edge.kind !== "follows" || edge.job !== edge.target) links.set(Object.values(edge).join("\0"), edge);
  }
  return { links: [...links.values()], rejections };
}

function toRow(link: ForeignLink): LinkRow {
  return link.kind === "job"
    ? { kind: "follows", job: link.downstream, target: link.upstream }
    : { kind: link.access, job: link.jobId, target: link.data };
}

function unnestLinks(links: readonly LinkRow[]): RawBuilder<unknown> {
  return sql`unnest(${links.map(({ kind }) => kind)}::text[], ${links.map(({ job }) => job)}::text[],
    ${links.map(({ target }) => target)}::text[])`;
}

async function unknownLinks(db: Db, sourceId: number, links: readonly LinkRow[]): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`
    select seen.kind, seen.job, seen.target from ${unnestLinks(links)} as seen(kind, job, target)
    where not exists (select from job_link l
      where l.source_id = ${sourceId} and l.job = seen.job and l.kind = seen.kind and l.target = seen.target)`.execute(
    db,
  );
  return rows;
}

async function missingLinks(db: Db, sourceId: number, links: readonly LinkRow[]): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`
    select l.kind, l.job, l.target from job_link l
    where l.source_id = ${sourceId} and not exists (select from ${unnestLinks(links)} as seen(kind, job, target)
      where seen.job = l.job and seen.kind = l.kind and seen.target = l.target)`.execute(db);
  return rows;
}

async function insertLinks(trx: Db, sourceId: number, links: readonly LinkRow[]): Promise<void> {
  if (links.length === 0) return;
  await sql`
    insert into job_link (source_id, kind, job, target)
    select ${sourceId}::int, kind, job, target from ${unnestLinks(links)} as seen(kind, job, target)
    on conflict do nothing`.execute(trx);
}

async function deleteLinks(trx: Db, sourceId: number, links: readonly LinkRow[]): Promise<void> {
  if (links.length === 0) return;
  await sql`
    delete from job_link l using ${unnestLinks(links)} as gone(kind, job, target)
    where l.source_id = ${sourceId} and l.job = gone.job and l.kind = gone.kind and l.target = gone.target`.execute(
    trx,
  );
}
