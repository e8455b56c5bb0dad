/** The table of runs with the indexes that keep a poll cheap on tens of thousands of them. */
import type { RunOrder } from "./order.ts";
import type { RunRow, RunTime } from "./rows.ts";
import { type TimeIndex, timeIndex } from "./time-index.ts";

export interface Range {
  readonly time: RunTime;
  readonly from: number;
  readonly to: number;
  /** 3.x takes a time that is not there for now, in its GET lists. */
  readonly nullIs: number | null;
}

export interface RunQuery {
  /** Null for the runs of all DAGs. */
  readonly dagIds: ReadonlySet<string> | null;
  readonly states: ReadonlySet<string> | null;
  readonly ranges: readonly Range[];
  readonly order: RunOrder;
}

export interface RunTable {
  get(dagId: string, runId: string): RunRow | null;
  insert(run: Omit<RunRow, "id">): RunRow;
  update(run: RunRow, change: Partial<RunRow>): void;
  remove(run: RunRow): void;
  ofDag(dagId: string): readonly RunRow[];
  inState(state: string): readonly RunRow[];
  select(query: RunQuery): readonly RunRow[];
  /** By id, as they were inserted. */
  all(): readonly RunRow[];
}

const INDEXED: readonly RunTime[] = ["updatedAt", "runAfter", "startDate", "endDate"];

export function runTable(): RunTable {
  const byDag = new Map<string, Map<string, RunRow>>();
  const byState = new Map<string, Set<RunRow>>();
  const byTime = new Map<RunTime, TimeIndex<RunRow>>(INDEXED.map((time) => [time, timeIndex((run) => run[time])]));
  let rows: RunRow[] = [];
  let lastId = 0;
  // The pages of one list are cut from one answer, as long as nothing changes between them.
  let latest: { readonly question: string; readonly answer: readonly RunRow[] } | null = null;

  function file(run: RunRow): void {
    latest = null;
    stateSet(run.state).add(run);
    for (const index of byTime.values()) index.put(run);
  }

  function stateSet(state: string): Set<RunRow> {
    const set = byState.get(state) ?? new Set();
    byState.set(state, set);
    return set;
  }

  /** The smallest set that surely holds all that is asked for. */
  function candidates({ dagIds, states, ranges }: RunQuery): readonly RunRow[] {
    const range = ranges.find(({ time, nullIs }) => byTime.has(time) && nullIs === null);
    if (range?.time === "updatedAt") return byTime.get("updatedAt")?.between(range.from, range.to) ?? [];
    if (states !== null && !states.has("success") && !states.has("failed")) {
      return [...states].flatMap((state) => [...stateSet(state)]);
    }
    if (range) return byTime.get(range.time)?.between(range.from, range.to) ?? [];
    if (dagIds !== null) return [...dagIds].flatMap((dagId) => [...(byDag.get(dagId)?.values() ?? [])]);
    return rows;
  }

  return {
    get: (dagId, runId) => byDag.get(dagId)?.get(runId) ?? null,
    all: () => rows,
    ofDag: (dagId) => [...(byDag.get(dagId)?.values() ?? [])],
    inState: (state) => [...stateSet(state)],

    insert(values) {
      const run: RunRow = { ...values, id: ++lastId };
      const siblings = byDag.get(run.dagId) ?? new Map<string, RunRow>();
      byDag.set(run.dagId, siblings.set(run.runId, run));
      rows.push(run);
      file(run);
      return run;
    },

    update(run, change) {
      stateSet(run.state).delete(run);
      Object.assign(run, change);
      file(run);
    },

    remove(run) {
      latest = null;
      byDag.get(run.dagId)?.delete(run.runId);
      stateSet(run.state).delete(run);
      for (const index of byTime.values()) index.remove(run);
      rows = rows.filter((row) => row !== run);
    },

    select(query) {
      const question = JSON.stringify(query, (_, value) => (value instanceof Set ? [...value] : value));
      if (latest?.question === question) return latest.answer;
      const found = candidates(query).filter((run) => matches(run, query));
      latest = { question, answer: found.sort(query.order.compare) };
      return latest.answer;
    },
  };
}

function matches(run: RunRow, { dagIds, states, ranges }: RunQuery): boolean {
  if (dagIds !== null && !dagIds.has(run.dagId)) return false;
  if (states !== null && !states.has(run.state)) return false;
  return ranges.every(({ time, from, to, nullIs }) => {
    const at = run[time] ?? nullIs;
    return at !== null && at >= from && at <= to;
  });
}
