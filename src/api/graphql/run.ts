import type { RunPart } from "../../adapter/contract.ts";
import type { PeekedRun } from "../../engine/peek.ts";
import type { AttemptView, RunView } from "../../model/view.ts";
import { ApiError } from "./api-error.ts";
import { ActionRef, AttemptRef, builder, GateRef, JobRef, NodeRef, RunRef } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { CauseKindRef, RunOrderRef, RunStateRef } from "./enums.ts";
import { RunFilterRef } from "./filters.ts";
import { parseNodeIdOf, rowNodeId } from "./node-id.ts";
import { jobOf } from "./parents.ts";
import { joinsOf, resolveRuns, RunConnectionRef } from "./run-connection.ts";

const CauseRef = builder.objectRef<RunView>("Cause").implement({
  description: "Why a run began.",
  fields: (t) => ({
    kind: t.expose("causeKind", { type: CauseKindRef, description: "The kind of reason." }),
    by: t.exposeString("causeBy", { nullable: true, description: "Who or what: a user, an upstream run, a dataset." }),
    key: t.exposeString("causeKey", { nullable: true, description: "Our key, when it was started through Tutti." }),
  }),
});

const RunErrorRef = builder.objectRef<RunView | AttemptView>("RunError").implement({
  description: "What went wrong in a run, in the words of its tool.",
  fields: (t) => ({
    kind: t.string({ description: "The tool's own class of failure.", resolve: (run) => run.errorKind ?? "" }),
    message: t.string({ description: "What the tool says.", resolve: (run) => run.errorMessage ?? "" }),
  }),
});

const RunPartRef = builder.objectRef<RunPart>("RunPart").implement({
  description: "A piece of a run that its tool shows on its own: a task, a stage, a pod.",
  fields: (t) => ({
    id: t.exposeString("id", { description: "Its id within the run." }),
    name: t.exposeString("name", { description: "Its name as the tool shows it." }),
    state: t.expose("state", { type: RunStateRef, description: "Where it stands." }),
    nativeState: t.string({ description: "The tool's own word for it.", resolve: ({ native }) => native.word }),
    attempt: t.exposeInt("attempt", { description: "Which try this is, counted from 1." }),
    startedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it began.",
      resolve: ({ startedAt }) => startedAt?.toISOString() ?? null,
    }),
    endedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it ended.",
      resolve: ({ endedAt }) => endedAt?.toISOString() ?? null,
    }),
  }),
});

builder.objectType(RunRef, {
  description: "One execution of a job. When a finished run is run again it stays the same run, with one attempt more.",
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({ description: "Its global id.", resolve: (run) => rowNodeId("Run", run) }),
    job: t.field({
      type: JobRef,
      description: "The job it is a run of.",
      resolve: (run, _args, context) => jobOf(run, context),
    }),
    externalId: t.exposeString("externalId", { description: "Its id in the tool." }),
    state: t.expose("state", { type: RunStateRef, description: "Where it stands." }),
    nativeState: t.exposeString("nativeState", { description: "The tool's own word for it." }),
    stateRule: t.exposeString("stateRule", { description: "Which line of the adapter's table made our word of it." }),
    attempt: t.exposeInt("attempt", { description: "Which attempt this is, counted from 1." }),
    attempts: t.field({
      type: [AttemptRef],
      description: "Every attempt, the first one first.",
      resolve: attemptsOf,
    }),
    gates: t.field({
      type: [GateRef],
      description: "Decisions it waits for or waited for, the latest first.",
      resolve: async (run, _args, { loaders }) => [...(await loaders.gatesOf.load(run))],
    }),
    cause: t.field({ type: CauseRef, description: "Why it began.", resolve: (run) => run }),
    parameters: t.expose("parameters", { type: "JSON", nullable: true, description: "What it was started with." }),
    error: t.field({
      type: RunErrorRef,
      nullable: true,
      description: "What went wrong; null when nothing did, or the tool does not say.",
      resolve: failureOf,
    }),
    queuedAt: t.expose("queuedAt", { type: "DateTime", nullable: true, description: "When it was asked for." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it began; null before that.",
    }),
    endedAt: t.expose("endedAt", { type: "DateTime", nullable: true, description: "When it ended; null before that." }),
    durationMs: t.float({
      nullable: true,
      description: "From its start to its end, in milliseconds; null until both are known.",
      resolve: durationOf,
    }),
    url: t.exposeString("url", { nullable: true, description: "Where people open it in the tool." }),
    occurredAt: t.expose("occurredAt", {
      type: "DateTime",
      description: "Where it lies on the time line: begun, else queued, else first seen.",
    }),
    observedAt: t.expose("observedAt", {
      type: "DateTime",
      description: "When we last learned something new of it, by the tool's clock.",
    }),
    stale: t.exposeBoolean("stale", {
      description: "Its source was not read for longer than it should have been: what is shown may be past.",
    }),
    log: t.string({
      nullable: true,
      description: "The end of its log, asked of its tool now. Known secrets are left out.",
      args: { tail: t.arg.int({ description: "So many lines; without it as many as fit into one answer." }) },
      resolve: logOf,
    }),
    outputs: t.field({
      type: "JSON",
      nullable: true,
      description: "What it produced, asked of its tool now.",
      resolve: async (run, _args, context) => context.peeks.outputs.load(await peeked(run, context)),
    }),
    parts: t.field({
      type: [RunPartRef],
      nullable: true,
      description: "The pieces its tool shows on their own, asked of it now.",
      resolve: async (run, _args, context) => [...(await context.peeks.parts.load(await peeked(run, context)))],
    }),
    actions: t.field({
      type: [ActionRef],
      description: "What was asked about it through Tutti, or became it; the latest first.",
      resolve: async (run, _args, { loaders }) => [...(await loaders.actionsOfRun.load(run))],
    }),
    goneAtSource: t.expose("goneAtSource", {
      type: "DateTime",
      nullable: true,
      description: "When its tool no longer knew it; null while it does.",
    }),
  }),
});

builder.objectType(AttemptRef, {
  description: "One try of a run.",
  fields: (t) => ({
    attempt: t.exposeInt("attempt", { description: "Counted from 1." }),
    state: t.expose("state", { type: RunStateRef, description: "Where it stands, or stood at its end." }),
    nativeState: t.exposeString("nativeState", { description: "The tool's own word for it." }),
    stateRule: t.exposeString("stateRule", { description: "Which line of the adapter's table made our word of it." }),
    error: t.field({ type: RunErrorRef, nullable: true, description: "What went wrong.", resolve: failureOf }),
    queuedAt: t.expose("queuedAt", { type: "DateTime", nullable: true, description: "When it was asked for." }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "When it began." }),
    endedAt: t.expose("endedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
    durationMs: t.float({
      nullable: true,
      description: "From its start to its end, in milliseconds.",
      resolve: durationOf,
    }),
    observedAt: t.expose("observedAt", { type: "DateTime", description: "When we last learned something new of it." }),
  }),
});

const MOST_LINES = 100_000;

async function logOf(
  run: RunView,
  { tail }: { tail?: number | null | undefined },
  context: ApiContext,
): Promise<string> {
  if (tail != null && (tail < 1 || tail > MOST_LINES)) {
    throw new ApiError("INVALID", `tail is ${tail}; ask for 1 to ${MOST_LINES} lines`, "tail");
  }
  const text = await context.peeks.log.load(await peeked(run, context));
  return tail == null ? text : lastLines(text, tail);
}

/** A line break at the very end ends the last line and begins none. */
function lastLines(text: string, count: number): string {
  const end = text.endsWith("\n") ? "\n" : "";
  const lines = text.slice(0, text.length - end.length).split("\n");
  return lines.slice(-count).join("\n") + end;
}

/** By the names its tool knows it by. The job is loaded whole: what was joined may be a part of it. */
async function peeked({ sourceId, jobId, externalId }: RunView, { loaders }: ApiContext): Promise<PeekedRun> {
  const job = await loaders.job.load({ sourceId, id: jobId });
  if (!job) throw new ApiError("NOT_FOUND", "Its job is no longer known.");
  return { sourceId, jobId: job.externalId, runId: externalId };
}

/** What is kept apart are the attempts before this one; this one is the run itself. */
async function attemptsOf(run: RunView, _args: object, { loaders }: ApiContext): Promise<AttemptView[]> {
  // Most runs have one attempt, and then there is nothing to ask.
  const earlier = run.attempt > 1 ? await loaders.earlierAttempts.load(run) : [];
  return [...earlier.filter(({ attempt }) => attempt < run.attempt), run];
}

function failureOf<T extends RunView | AttemptView>(run: T): T | null {
  return run.errorKind === null ? null : run;
}

function durationOf({ startedAt, endedAt }: RunView | AttemptView): number | null {
  return startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
}

builder.queryFields((t) => ({
  run: t.field({
    type: RunRef,
    nullable: true,
    description: "The run of this id, or null.",
    args: { id: t.arg.id({ required: true, description: "The field `id` of a run." }) },
    resolve: (_root, { id }, { reader }, info) => {
      const { sourceId, id: runId } = parseNodeIdOf("Run", id);
      return reader.runById({ sourceId, id: runId }, joinsOf(info, ""));
    },
  }),
  runs: t.field({
    type: RunConnectionRef,
    description: "Runs of every job of every source.",
    args: {
      filter: t.arg({ type: RunFilterRef, description: "Which runs." }),
      order: t.arg({ type: RunOrderRef, defaultValue: "started-desc", description: "How they are sorted." }),
      first: t.arg.int({ description: "How many: 50 unless told, at most 500." }),
      after: t.arg.string({ description: "Go on after this cursor." }),
    },
    resolve: (_root, args, context, info) => resolveRuns(args, context, info),
  }),
}));
