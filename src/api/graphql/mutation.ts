/** What can be asked of the tools. Each answers with what became of it, or says why that is not known. */
import type { Asker, Decision } from "../../engine/acting.ts";
import { type Action, may } from "../../governance/principal.ts";
import { parseReference } from "../../model/reference.ts";
import type { ActionView, JobView, RunView } from "../../model/view.ts";
import { InputError } from "../../lib/input-error.ts";
import { ApiError } from "./api-error.ts";
import { ActionRef, builder, JobRef, RunRef } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { enumOf } from "./enums.ts";
import { parseNodeIdOf } from "./node-id.ts";

/** The one place where a caller is let to act. */
function askerOf({ principal }: ApiContext, note: string | null | undefined, action: Action = "act"): Asker {
  if (!may(principal, action)) {
    throw new ApiError("NOT_ALLOWED", `${principal.name} is a ${principal.role} and may only look; ask an admin.`);
  }
  return { principal: principal.name, note: noteOf(note) };
}

const NOTE_LENGTH = 500;

function noteOf(note: string | null | undefined): string | null {
  if (note == null || note === "") return null;
  if (note.length > NOTE_LENGTH) throw new InputError("note", `${note.length} characters; at most ${NOTE_LENGTH}`);
  return note.replaceAll("\0", "");
}

async function runAt(key: { sourceId: number; id: number }, { loaders }: ApiContext): Promise<RunView> {
  // What this question has read of it before is past.
  const run = await loaders.run.clear(key).load(key);
  if (!run) throw new ApiError("NOT_FOUND", "The run is no longer known.");
  return run;
}

async function jobAt(key: { sourceId: number; id: number }, { loaders }: ApiContext): Promise<JobView> {
  const job = await loaders.job.clear(key).load(key);
  if (!job) throw new ApiError("NOT_FOUND", "The job is no longer known.");
  return job;
}

type DecisionWord = Decision["kind"];

const ActionDecisionRef = enumOf<DecisionWord>(
  "ActionDecision",
  "What a person found out about an uncertain action.",
  ["ran", "send-again", "give-up"],
  {
    ran: "It happened: `run` says as which run.",
    "send-again": "It did not happen, and shall.",
    "give-up": "Nobody can tell, or it shall not happen any more. Its key is not used again.",
  },
);

const noteArgument = "Why, for whoever reads it later; it is shown in the tool as well where that can show it.";

builder.mutationFields((t) => ({
  startJob: t.field({
    type: RunRef,
    description:
      "Starts a run of a job. Asked again with the same key it answers with the run already started, and never starts another one.",
    args: {
      ref: t.arg.string({ required: true, description: "`airflow-prod/load_ledger`" }),
      params: t.arg({ type: "JSON", description: "Parameters by name." }),
      key: t.arg.string({
        required: true,
        description: "Yours, one for each run you want: letters, digits and `_ . : ~ -`, at most 120 of them.",
      }),
      note: t.arg.string({ description: noteArgument }),
    },
    async resolve(_root, { ref, params, key, note }, context) {
      const asker = askerOf(context, note);
      const parameters = params ?? null;
      return runAt(await context.acting.start(parseReference(ref), { parameters, key }, asker), context);
    },
  }),
  retryRun: t.field({
    type: RunRef,
    description: "Does a finished run again: as a new attempt, or as another run where its tool knows no other way.",
    args: {
      id: t.arg.id({ required: true, description: "The field `id` of a run." }),
      note: t.arg.string({ description: noteArgument }),
    },
    async resolve(_root, { id, note }, context) {
      const asker = askerOf(context, note);
      return runAt(await context.acting.retry(parseNodeIdOf("Run", id), asker), context);
    },
  }),
  cancelRun: t.field({
    type: RunRef,
    description:
      "Stops a run. It answers once its tool has heard; the run is then followed to its end, told again, and listed as an orphan if it will not end.",
    args: {
      id: t.arg.id({ required: true, description: "The field `id` of a run." }),
      note: t.arg.string({ description: noteArgument }),
    },
    async resolve(_root, { id, note }, context) {
      const asker = askerOf(context, note);
      return runAt(await context.acting.cancel(parseNodeIdOf("Run", id), asker), context);
    },
  }),
  pauseJob: t.field({
    type: JobRef,
    description: "Holds a job's schedule in its tool.",
    args: {
      ref: t.arg.string({ required: true, description: "`airflow-prod/load_ledger`" }),
      note: t.arg.string({ description: noteArgument }),
    },
    async resolve(_root, { ref, note }, context) {
      const asker = askerOf(context, note);
      return jobAt(await context.acting.pause(parseReference(ref), asker), context);
    },
  }),
  resumeJob: t.field({
    type: JobRef,
    description: "Lets a paused job go on in its tool.",
    args: {
      ref: t.arg.string({ required: true, description: "`airflow-prod/load_ledger`" }),
      note: t.arg.string({ description: noteArgument }),
    },
    async resolve(_root, { ref, note }, context) {
      const asker = askerOf(context, note);
      return jobAt(await context.acting.resume(parseReference(ref), asker), context);
    },
  }),
  resolveAction: t.field({
    type: ActionRef,
    description: "Says what became of an action that is uncertain, after a look at its tool.",
    args: {
      id: t.arg.id({ required: true, description: "The field `id` of an action." }),
      decision: t.arg({ type: ActionDecisionRef, required: true, description: "What was found out." }),
      run: t.arg.id({ description: "For `RAN`: the run that it became." }),
      note: t.arg.string({ description: noteArgument }),
    },
    async resolve(_root, { id, decision, run, note }, context) {
      const asker = askerOf(context, note);
      const key = parseNodeIdOf("Action", id);
      const became = run == null ? null : parseNodeIdOf("Run", run, "run");
      const decided: Decision = decision === "ran" ? { kind: "ran", run: became } : { kind: decision };
      await context.acting.resolve(key, decided, asker);
      return actionAt(key, context);
    },
  }),
}));

async function actionAt(key: { sourceId: number; id: number }, { loaders }: ApiContext): Promise<ActionView> {
  const action = await loaders.action.clear(key).load(key);
  if (!action) throw new ApiError("NOT_FOUND", "There is no such action.");
  return action;
}
