/** The fleet in numbers: kept as runs arrive, so that no window is ever counted by a scan. */
import { printDuration } from "../../lib/duration.ts";
import { InputError } from "../../lib/input-error.ts";
import type { RunState } from "../../model/run-state.ts";
import { RUN_STATES } from "../../model/run-state.ts";
import type { FleetView, SourceView } from "../../model/view.ts";
import { type Blindness, blindnessOf } from "./blindness.ts";
import { builder, SourceRef } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { BlindnessRef, RunStateRef } from "./enums.ts";
import { wantedOfSources } from "./wanted.ts";

const DAY_MS = 86_400_000;
const MAX_LAST_MS = 366 * DAY_MS;
const MIN_LAST_MS = 60_000;

type Counts = FleetView["counts"];

interface StateCount {
  readonly state: RunState;
  readonly runs: number;
}

interface SourceCounts {
  readonly sourceId: number;
  /** Joined already where the question was foreseen. */
  readonly source: SourceView | undefined;
  readonly counts: Counts;
}

interface BlindSource {
  readonly source: SourceView;
  readonly reason: Blindness;
}

const StateCountRef = builder.objectRef<StateCount>("StateCount").implement({
  description: "How many runs are in a state.",
  fields: (t) => ({
    state: t.expose("state", { type: RunStateRef, description: "The state." }),
    runs: t.exposeInt("runs", { description: "How many." }),
  }),
});

const SourceCountsRef = builder.objectRef<SourceCounts>("SourceCounts").implement({
  description: "The runs of one source in numbers.",
  fields: (t) => ({
    source: t.field({
      type: SourceRef,
      nullable: true,
      description: "The source; null when it was removed just now.",
      resolve: ({ source, sourceId }, _args, { loaders }) => source ?? loaders.source.load(sourceId),
    }),
    runs: t.int({ description: "All of them.", resolve: ({ counts }) => total(counts) }),
    states: t.field({ type: [StateCountRef], description: "By state.", resolve: ({ counts }) => byState(counts) }),
  }),
});

const BlindSourceRef = builder.objectRef<BlindSource>("BlindSource").implement({
  description: "A source that shows us nothing current.",
  fields: (t) => ({
    source: t.expose("source", { type: SourceRef, description: "The source." }),
    reason: t.expose("reason", { type: BlindnessRef, description: "Why we are blind there." }),
    since: t.field({
      type: "DateTime",
      nullable: true,
      description: "When we last saw it whole; null when never.",
      resolve: ({ source }) => source.lastSyncedAt,
    }),
  }),
});

const FleetRef = builder.objectRef<FleetView>("Fleet").implement({
  description: "Every source together. Runs that ended are counted by their end; runs that are open are counted now.",
  fields: (t) => ({
    since: t.expose("since", { type: "DateTime", description: "The beginning of what is counted." }),
    until: t.expose("until", { type: "DateTime", description: "The end of what is counted." }),
    runs: t.int({ description: "All runs counted.", resolve: ({ counts }) => total(counts) }),
    states: t.field({
      type: [StateCountRef],
      description: "By state; every state is there.",
      resolve: ({ counts }) => everyState(counts),
    }),
    bySource: t.field({
      type: [SourceCountsRef],
      description: "By source; those without a run are left out.",
      resolve: bySource,
    }),
    waitingForPeople: t.int({
      description: "Gates that wait for somebody now, in every tool.",
      resolve: (_fleet, _args, { reader }) => reader.countWaitingGates(),
    }),
    blind: t.field({
      type: [BlindSourceRef],
      description: "Sources that show us nothing current: their numbers are of the past.",
      resolve: (_fleet, _args, context) => blindSources(context),
    }),
  }),
});

builder.queryFields((t) => ({
  fleet: t.field({
    type: FleetRef,
    description: "The fleet in numbers, over a window that ends now.",
    args: {
      last: t.arg({
        type: "Duration",
        required: true,
        defaultValue: DAY_MS,
        description: "How far back: a minute to a year.",
      }),
    },
    resolve: (_root, { last }, { reader }, info) => {
      if (last < MIN_LAST_MS || last > MAX_LAST_MS) {
        throw new InputError("last", `${printDuration(last)} is out of range; ask for 1m to 366d`);
      }
      return reader.fleet({ lastMs: last, wanted: wantedOfSources(info, "bySource.source") });
    },
  }),
}));

function total(counts: Counts): number {
  return counts.reduce((sum, { runs }) => sum + runs, 0);
}

function byState(counts: Counts): StateCount[] {
  return everyState(counts).filter(({ runs }) => runs > 0);
}

function everyState(counts: Counts): StateCount[] {
  const sums = new Map<RunState, number>();
  for (const { state, runs } of counts) sums.set(state, (sums.get(state) ?? 0) + runs);
  return RUN_STATES.map((state) => ({ state, runs: sums.get(state) ?? 0 }));
}

function bySource({ counts, sources = [] }: FleetView): SourceCounts[] {
  const views = new Map(sources.map((source) => [source.id, source]));
  const groups = new Map<number, Counts[number][]>();
  for (const count of counts) {
    const group = groups.get(count.sourceId);
    if (group) group.push(count);
    else groups.set(count.sourceId, [count]);
  }
  return [...groups].map(([sourceId, counts]) => ({ sourceId, source: views.get(sourceId), counts }));
}

async function blindSources({ reader }: ApiContext): Promise<BlindSource[]> {
  const sources = await reader.allSources();
  return sources.flatMap((source) => {
    const reason = blindnessOf(source);
    return reason === null ? [] : [{ source, reason }];
  });
}
