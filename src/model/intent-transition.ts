/**
 * What may follow what in an intent. Every write names the state it expects, so that what is not drawn cannot happen.
 *
 *            ┌── surely not accepted: later ──┐ ┌──┐ in doubt: looked after, and sent
 *            ▼                                │ ▼  │ again only when surely absent
 *   ─────► pending ────────────────────────► sending ───────────────► confirmed
 *            │ ▲                              │ │ ▲                      ▲
 *            │ │ asked again                  │ │ └──────┐ said again    │
 *            ▼ │                              │ ▼        │               │
 *          refused ◄── surely never began ────┤ heard ◄─► orphan ────────┤  a cancel: its run has ended
 *              ▲                              ▼                          │
 *              └────────────────────────── uncertain ────────────────────┘  found after all, or a person knows
 *                                             │  └─► pending    a person: send it again
 *                                             └────► abandoned  a person: let it be, nobody will know
 */
import type { IntentState } from "./intent.ts";

const NEXT: Readonly<Record<IntentState, readonly IntentState[]>> = {
  pending: ["pending", "sending", "refused"],
  sending: ["sending", "pending", "heard", "confirmed", "refused", "uncertain", "orphan"],
  heard: ["heard", "sending", "orphan", "confirmed"],
  orphan: ["orphan", "sending", "heard", "confirmed"],
  uncertain: ["uncertain", "confirmed", "refused", "pending", "abandoned"],
  confirmed: [],
  refused: ["pending"],
  abandoned: [],
};

export function mayFollow(from: IntentState, to: IntentState): boolean {
  return NEXT[from].includes(to);
}
