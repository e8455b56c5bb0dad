/** Sources, jobs and runs for tests that care about one thing of them. */
import type { ForeignGate, ForeignJob, ForeignRun } from "../../../src/model/foreign.ts";
import type { Db } from "../../../src/store/db.ts";
import { declareSource } from "../../../src/store/sources.ts";
import { claimSources, type Lease } from "../../../src/store/sync/lease.ts";

export const NOON = new Date("2026-03-01T12:00:00Z");

export function after(minutes: number, from = NOON): Date {
  return new Date(from.getTime() + minutes * 60_000);
}

export function aRun(change: Partial<ForeignRun> = {}): ForeignRun {
  const state = change.state ?? "running";
  return {
    jobId: "load",
    runId: "one",
    formerly: null,
    state,
    native: { word: state, rule: `run.${state}` },
    cause: { kind: "schedule", by: null, key: null },
    parameters: null,
    error: null,
    queuedAt: null,
    startedAt: NOON,
    endedAt: null,
    url: null,
    ...change,
  };
}

export function aJob(id: string, change: Partial<ForeignJob> = {}): ForeignJob {
  return {
    id,
    name: id,
    path: ["finance", "daily"],
    description: null,
    schedule: { expression: "0 2 * * *", dialect: "debian", timezone: "UTC", text: null, nextAt: after(60) },
    paused: false,
    owner: "ada",
    tags: ["ledger"],
    url: null,
    capabilities: null,
    handOff: "keyed",
    problem: null,
    ...change,
  };
}

export async function aSource(db: Db, name = "airflow-prod", sync = {}): Promise<number> {
  return declareSource(db, { name, adapter: "fake", url: "http://x", config: {}, sync, handOff: "keyed" });
}

/** A source, and the right to write it. */
export async function aLease(db: Db, name?: string): Promise<Lease> {
  const sourceId = await aSource(db, name);
  const lease = (await claimSources(db, "us", 100)).find((claimed) => claimed.sourceId === sourceId);
  if (!lease) throw new Error("the source was not free");
  return lease;
}

export function aGate(change: Partial<ForeignGate> = {}): ForeignGate {
  return {
    jobId: "load",
    runId: "one",
    gateId: "deploy",
    title: "Deploy to production?",
    text: null,
    choices: ["Proceed", "Abort"],
    asked: ["ops"],
    since: null,
    url: null,
    ...change,
  };
}
