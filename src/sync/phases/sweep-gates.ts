import type { RejectedRow } from "../../adapter/contract.ts";
import type { ForeignGate } from "../../model/foreign.ts";
import { applyGates } from "../../store/sync/apply-gates.ts";
import { askPages } from "../ask.ts";
import { refuseLongList } from "../long-list.ts";
import type { Pass } from "../pass.ts";

/** More than people could ever answer. */
const MOST_GATES = 20_000;

/** Reads the whole list before it writes: what throws on the way ends no gate. */
export async function sweepGates(pass: Pass): Promise<void> {
  const { db, lease, remote, source, metrics, asking } = pass;
  const items: ForeignGate[] = [];
  const rejected: RejectedRow[] = [];
  let readAt: Date | null = null;
  for await (const page of askPages(asking, (signal) => remote.gates?.(signal) ?? none())) {
    readAt ??= page.readAt;
    items.push(...page.items);
    rejected.push(...page.rejected);
    refuseLongList(items.length + rejected.length, MOST_GATES, "gates");
  }
  // A list without a single page is no answer.
  if (!readAt) return;
  const applied = await applyGates(db, lease, { items, readAt, rejected });
  pass.changed += applied.written + applied.ended;
  metrics.sourceQuarantined.inc({ source: source.name, kind: "gate" }, applied.quarantined);
}

async function* none(): AsyncGenerator<never> {}
