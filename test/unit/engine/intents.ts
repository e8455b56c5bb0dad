/** Intents for tests that care about one thing of them. */
import type { Intent } from "../../../src/store/intent/intent.ts";

export const NOON = new Date("2026-11-21T12:00:00Z");

export function before(ms: number): Date {
  return new Date(NOON.getTime() - ms);
}

export function anIntent(change: Partial<Intent> = {}): Intent {
  return {
    sourceId: 1,
    id: 1,
    source: "one",
    kind: "start",
    key: "key",
    jobRow: 1,
    jobId: "load",
    target: null,
    parameters: null,
    digest: Buffer.alloc(32),
    principal: "ada",
    note: null,
    handOff: "keyed",
    state: "pending",
    epoch: 1,
    sends: 0,
    looks: 0,
    firstSentAt: null,
    sentAt: null,
    sendUntil: new Date(NOON.getTime() + 60_000),
    runRow: null,
    externalRun: null,
    foundBy: null,
    merged: false,
    warning: null,
    fault: null,
    error: null,
    createdAt: before(1_000),
    now: NOON,
    skewMs: 0,
    ...change,
  };
}

/** Sent so long ago, and no answer was written down. */
export function aDoubt(agoMs: number, change: Partial<Intent> = {}): Intent {
  return anIntent({ state: "sending", sends: 1, sentAt: before(agoMs), firstSentAt: before(agoMs), ...change });
}
