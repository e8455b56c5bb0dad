/** The reading queries with their database, for whoever reads and does nothing else. */
import type { JobReference } from "../../model/reference.ts";
import type { Db } from "../db.ts";
import { actionsByIds, actionsOfRuns, type ActionsQuestion, callsOf, listActions } from "./actions.ts";
import { attemptsOf } from "./attempts.ts";
import { allDependencies, dependenciesOf, type Direction } from "./dependencies.ts";
import { fleet, type FleetQuestion } from "./fleet.ts";
import { countWaitingGates, gatesByIds, gatesOf, type GatesQuestion, listGates } from "./gates.ts";
import { jobByReference, jobsByIds, type JobsQuestion, listJobs } from "./jobs.ts";
import type { WithJob, WithSource } from "./page.ts";
import type { RowKey } from "./row-key.ts";
import { lastRunsOf, listRuns, runById, runsByIds, type RunsQuestion } from "./runs.ts";
import { allSources, sourceByName, sourcesByIds } from "./sources.ts";

export type Reader = ReturnType<typeof createReader>;

export function createReader(db: Db) {
  return {
    listRuns: (asked: RunsQuestion) => listRuns(db, asked),
    runById: (key: RowKey, edges: WithJob) => runById(db, key, edges),
    runsByIds: (keys: readonly RowKey[]) => runsByIds(db, keys),
    attemptsOf: (runs: readonly RowKey[]) => attemptsOf(db, runs),
    lastRunsOf: (jobs: readonly RowKey[]) => lastRunsOf(db, jobs),
    listJobs: (asked: JobsQuestion) => listJobs(db, asked),
    jobsByIds: (keys: readonly RowKey[]) => jobsByIds(db, keys),
    jobByReference: (reference: JobReference, edges?: WithSource) => jobByReference(db, reference, edges),
    allSources: () => allSources(db),
    sourcesByIds: (ids: readonly number[]) => sourcesByIds(db, ids),
    sourceByName: (name: string) => sourceByName(db, name),
    listGates: (asked: GatesQuestion) => listGates(db, asked),
    gatesByIds: (keys: readonly RowKey[]) => gatesByIds(db, keys),
    gatesOf: (runs: readonly RowKey[]) => gatesOf(db, runs),
    countWaitingGates: () => countWaitingGates(db),
    allDependencies: (limit: number) => allDependencies(db, limit),
    dependenciesOf: (jobs: readonly RowKey[], direction: Direction, limit: number) =>
      dependenciesOf(db, jobs, direction, limit),
    fleet: (asked: FleetQuestion) => fleet(db, asked),
    listActions: (asked: ActionsQuestion) => listActions(db, asked),
    actionsByIds: (keys: readonly RowKey[]) => actionsByIds(db, keys),
    actionsOfRuns: (runs: readonly RowKey[]) => actionsOfRuns(db, runs),
    callsOf: (actions: readonly RowKey[]) => callsOf(db, actions),
  };
}
