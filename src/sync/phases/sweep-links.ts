import type { RejectedRow } from "../../adapter/contract.ts";
import type { ForeignLink } from "../../model/foreign.ts";
import { applyLinks } from "../../store/sync/apply-links.ts";
import { askPages } from "../ask.ts";
import { refuseLongList } from "../long-list.ts";
import type { Pass } from "../pass.ts";

/** Two a job of the largest source we read. */
const MOST_LINKS = 400_000;

/** Reads the whole list before it writes: what throws on the way removes no edge. */
export async function sweepLinks(pass: Pass): Promise<void> {
  const { db, lease, remote, source, metrics, asking } = pass;
  const items: ForeignLink[] = [];
  const rejected: RejectedRow[] = [];
  let pages = 0;
  for await (const page of askPages(asking, (signal) => remote.links?.(signal) ?? none())) {
    pages += 1;
    items.push(...page.items);
    rejected.push(...page.rejected);
    refuseLongList(items.length + rejected.length, MOST_LINKS, "links");
  }
  // A list without a single page is no answer.
  if (pages === 0) return;
  const applied = await applyLinks(db, lease, { items, rejected });
  metrics.sourceQuarantined.inc({ source: source.name, kind: "link" }, applied.quarantined);
}

async function* none(): AsyncGenerator<never> {}
