/** One batch a tick for every edge from parent to child, whatever the number of parents. */
import DataLoader from "dataloader";
import type {
  ActionView,
  AttemptView,
  CallView,
  DependencyView,
  GateView,
  JobView,
  RunView,
  SourceView,
} from "../../model/view.ts";
import type { Direction } from "../../store/read/dependencies.ts";
import type { Reader } from "../../store/read/reader.ts";
import type { RowKey } from "../../store/read/row-key.ts";

export interface Loaders {
  readonly source: DataLoader<number, SourceView | null>;
  readonly job: DataLoader<RowKey, JobView | null, string>;
  readonly run: DataLoader<RowKey, RunView | null, string>;
  readonly lastRun: DataLoader<RowKey, RunView | null, string>;
  readonly gate: DataLoader<RowKey, GateView | null, string>;
  readonly gatesOf: DataLoader<RowKey, readonly GateView[], string>;
  readonly upstream: DataLoader<RowKey, readonly DependencyView[], string>;
  readonly downstream: DataLoader<RowKey, readonly DependencyView[], string>;
  readonly earlierAttempts: DataLoader<RowKey, readonly AttemptView[], string>;
  readonly action: DataLoader<RowKey, ActionView | null, string>;
  readonly actionsOfRun: DataLoader<RowKey, readonly ActionView[], string>;
  readonly callsOf: DataLoader<RowKey, readonly CallView[], string>;
}

/** One statement holds this many keys at most; more become several. */
const MAX_BATCH = 500;

/** Edges of one job in one direction; a hub that has more is read in its tool. */
export const MAX_EDGES = 100;

export function createLoaders(reader: Reader, { remember }: { readonly remember: boolean }): Loaders {
  const byRow = { cacheKeyFn: rowKey, cache: remember, maxBatchSize: MAX_BATCH };
  const dependencies = (direction: Direction) =>
    new DataLoader<RowKey, readonly DependencyView[], string>(async (jobs) => {
      const found = await reader.dependenciesOf(jobs, direction, MAX_EDGES);
      return group(jobs, found, ({ sourceId, jobId }) => ({ sourceId, id: jobId }));
    }, byRow);
  return {
    source: new DataLoader(
      async (ids) => pick(ids, await reader.sourcesByIds(unique(ids)), String, (s) => String(s.id)),
      {
        cache: remember,
        maxBatchSize: MAX_BATCH,
      },
    ),
    job: new DataLoader(async (keys) => pick(keys, await reader.jobsByIds(keys), rowKey, rowKey), byRow),
    run: new DataLoader(async (keys) => pick(keys, await reader.runsByIds(keys), rowKey, rowKey), byRow),
    lastRun: new DataLoader(
      async (jobs) => pick(jobs, await reader.lastRunsOf(jobs), rowKey, (run) => rowKey({ ...run, id: run.jobId })),
      byRow,
    ),
    gate: new DataLoader(async (keys) => pick(keys, await reader.gatesByIds(keys), rowKey, rowKey), byRow),
    gatesOf: new DataLoader(
      async (runs) => group(runs, await reader.gatesOf(runs), ({ sourceId, runId }) => ({ sourceId, id: runId ?? 0 })),
      byRow,
    ),
    upstream: dependencies("upstream"),
    downstream: dependencies("downstream"),
    earlierAttempts: new DataLoader((runs) => earlierAttempts(reader, runs), byRow),
    action: new DataLoader(async (keys) => pick(keys, await reader.actionsByIds(keys), rowKey, rowKey), byRow),
    actionsOfRun: new DataLoader((runs) => actionsOfRuns(reader, runs), byRow),
    callsOf: new DataLoader((actions) => callsOf(reader, actions), byRow),
  };
}

function rowKey({ sourceId, id }: RowKey): string {
  return `${sourceId}:${id}`;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** The found rows in the order of the keys asked. */
function pick<K, V>(keys: readonly K[], found: readonly V[], ofKey: (key: K) => string, ofRow: (row: V) => string) {
  const rows = new Map(found.map((row) => [ofRow(row), row]));
  return keys.map((key) => rows.get(ofKey(key)) ?? null);
}

/** The found rows of each parent, in the order of the parents asked. */
function group<V>(parents: readonly RowKey[], found: readonly V[], parentOf: (row: V) => RowKey): V[][] {
  const groups = new Map<string, V[]>(parents.map((parent) => [rowKey(parent), []]));
  for (const row of found) groups.get(rowKey(parentOf(row)))?.push(row);
  return parents.map((parent) => groups.get(rowKey(parent)) ?? []);
}

/** The attempts before the present one, first to last, in the order of the runs asked. */
async function earlierAttempts(reader: Reader, runs: readonly RowKey[]): Promise<(readonly AttemptView[])[]> {
  return group(runs, await reader.attemptsOf(runs), ({ sourceId, runId }) => ({ sourceId, id: runId }));
}

async function actionsOfRuns(reader: Reader, runs: readonly RowKey[]): Promise<(readonly ActionView[])[]> {
  const actions = await reader.actionsOfRuns(runs);
  return runs.map(({ sourceId, id }) =>
    actions.filter((action) => action.sourceId === sourceId && (action.runId === id || action.targetId === id)),
  );
}

async function callsOf(reader: Reader, actions: readonly RowKey[]): Promise<(readonly CallView[])[]> {
  const found = new Map<string, CallView[]>(actions.map((action) => [rowKey(action), []]));
  for (const call of await reader.callsOf(actions)) {
    found.get(rowKey({ sourceId: call.sourceId, id: call.actionId }))?.push(call);
  }
  return actions.map((action) => found.get(rowKey(action)) ?? []);
}
