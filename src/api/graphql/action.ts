import {
  CALL_NAMES,
  CALL_OUTCOMES,
  type CallName,
  type CallOutcome,
  EVIDENCES,
  type Evidence,
  INTENT_KINDS,
  INTENT_STATES,
  type IntentKind,
  type IntentState,
} from "../../model/intent.ts";
import type { ActionView, CallView } from "../../model/view.ts";
import { ActionRef, builder, JobRef, NodeRef, RunRef } from "./builder.ts";
import { connectionType, pageOf, toConnection } from "./connection.ts";
import { enumOf, FaultRef, HandOffRef } from "./enums.ts";
import { toActionFilter } from "./filters.ts";
import { rowNodeId } from "./node-id.ts";
import { jobOf } from "./parents.ts";

const ActionKindRef = enumOf<IntentKind>("ActionKind", "What was asked for.", INTENT_KINDS, {
  start: "A run of a job.",
  retry: "A finished run, once more.",
  cancel: "The end of a run.",
  pause: "That a job rests.",
  resume: "That a paused job goes on.",
});

const ActionStateRef = enumOf<IntentState>("ActionState", "What is known of an action.", INTENT_STATES, {
  pending: "Written down; nothing has left.",
  sending: "Sent; the outcome is being found out.",
  heard: "The tool has heard it; the run is followed to its end.",
  uncertain: "Nobody can say whether it happened. Somebody has to look, and to resolve it.",
  orphan: "A run that was cancelled and goes on. It is followed until it ends.",
  confirmed: "It happened.",
  refused: "It surely did not happen.",
  abandoned: "It was uncertain, and somebody let it be.",
});

const EvidenceRef = enumOf<Evidence>("Evidence", "How we know which run an action became.", EVIDENCES, {
  answer: "The tool said so.",
  key: "The run carries our key.",
  exclusion: "It is the only run that nothing else explains: inferred, not told.",
  state: "The run is where it was wanted.",
  person: "Somebody looked, and told us.",
});

const CallNameRef = enumOf<CallName>("CallName", "What was called.", CALL_NAMES, {
  start: "A start.",
  retry: "A retry.",
  cancel: "A cancel.",
  pause: "A pause.",
  resume: "A resume.",
  find: "A search for the run that carries our key.",
  observe: "A look at the run.",
  ask: "A person was asked, or spoke.",
});

const CallOutcomeRef = enumOf<CallOutcome>("CallOutcome", "What came back.", CALL_OUTCOMES, {
  sent: "It left, or was about to. Without a line after this one, no answer was ever recorded.",
  accepted: "The tool said yes.",
  refused: "The tool said no.",
  doubt: "No answer that says either.",
  unsent: "It did not leave.",
  found: "There is such a run.",
  absent: "There is none, or nothing has changed.",
  failed: "The tool could not be asked.",
  told: "A person said it.",
});

const CallRef = builder.objectRef<CallView>("ActionCall").implement({
  description: "One call on the way of an action, with its answer.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "When it was written down." }),
    call: t.expose("call", { type: CallNameRef, description: "What was called." }),
    outcome: t.expose("outcome", { type: CallOutcomeRef, description: "What came back." }),
    detail: t.exposeString("detail", { nullable: true, description: "In words: a run's id, an error, a reason." }),
    tookMs: t.exposeFloat("tookMs", { nullable: true, description: "How long it took, in milliseconds." }),
  }),
});

const ActionErrorRef = builder.objectRef<ActionView>("ActionError").implement({
  description: "Why an action did not happen, or is not known to have happened.",
  fields: (t) => ({
    fault: t.expose("fault", { type: FaultRef, nullable: true, description: "Who failed, and how." }),
    message: t.string({ description: "In words.", resolve: ({ error }) => error ?? "" }),
  }),
});

builder.objectType(ActionRef, {
  description: "Something that was asked of a tool through Tutti, by whom, and what became of it.",
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({ description: "Its global id.", resolve: (action) => rowNodeId("Action", action) }),
    kind: t.expose("kind", { type: ActionKindRef, description: "What was asked for." }),
    state: t.expose("state", { type: ActionStateRef, description: "What is known of it." }),
    job: t.field({
      type: JobRef,
      description: "The job it is about.",
      resolve: (action, _args, context) => jobOf(action, context),
    }),
    key: t.exposeString("key", { description: "The key it is known by, here and in the tool." }),
    run: t.field({
      type: RunRef,
      nullable: true,
      description: "The run it became, or the run it is about.",
      resolve: ({ sourceId, runId, targetId }, _args, { loaders }) => {
        const id = runId ?? targetId;
        return id === null ? null : loaders.run.load({ sourceId, id });
      },
    }),
    externalRun: t.exposeString("externalRun", {
      nullable: true,
      description: "The name by which the tool answered; it may have renamed the run since.",
    }),
    parameters: t.expose("parameters", { type: "JSON", nullable: true, description: "What was given." }),
    principal: t.exposeString("principal", { description: "Who asked." }),
    note: t.exposeString("note", { nullable: true, description: "Why, in their words." }),
    handOff: t.expose("handOff", { type: HandOffRef, description: "How surely it happens once." }),
    foundBy: t.expose("foundBy", {
      type: EvidenceRef,
      nullable: true,
      description: "How we know which run it became; null while we do not.",
    }),
    merged: t.exposeBoolean("merged", {
      description: "The tool folded it into a run that somebody else asked for.",
    }),
    warning: t.exposeString("warning", { nullable: true, description: "What whoever asked should know." }),
    error: t.field({
      type: ActionErrorRef,
      nullable: true,
      description: "Why it did not happen, or is not known to have; null when nothing is wrong.",
      resolve: (action) => (action.error === null ? null : action),
    }),
    sends: t.exposeInt("sends", { description: "How often it was sent." }),
    calls: t.field({
      type: [CallRef],
      description: "Every call that was made for it, with its answer, the first one first.",
      resolve: async (action, _args, { loaders }) => [...(await loaders.callsOf.load(action))],
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked for." }),
    sentAt: t.expose("sentAt", { type: "DateTime", nullable: true, description: "When it was last sent." }),
    settledAt: t.expose("settledAt", {
      type: "DateTime",
      nullable: true,
      description: "When its outcome was known; null before that.",
    }),
    nextAt: t.expose("nextAt", {
      type: "DateTime",
      nullable: true,
      description: "When it is looked after next; null once it is settled.",
    }),
  }),
});

const ActionFilterRef = builder.inputType("ActionFilter", {
  description: "Narrows a list of actions. Everything given must hold; of the values of one list, any.",
  fields: (t) => ({
    source: t.stringList({ description: "Names of sources: `airflow-prod`." }),
    job: t.stringList({ description: "References of jobs: `airflow-prod/load_ledger`." }),
    kind: t.field({ type: [ActionKindRef], description: "What was asked for." }),
    state: t.field({ type: [ActionStateRef], description: "What is known of it." }),
  }),
});

const ActionConnectionRef = connectionType("Action", "actions", ActionRef);

builder.queryFields((t) => ({
  actions: t.field({
    type: ActionConnectionRef,
    description: "What was asked of the tools through Tutti, the latest first.",
    args: {
      filter: t.arg({ type: ActionFilterRef, description: "Which actions." }),
      first: t.arg.int({ description: "How many: 50 unless told, at most 500." }),
      after: t.arg.string({ description: "Go on after this cursor." }),
    },
    async resolve(_root, args, { reader }) {
      const list = "actions/newest";
      const slice = await reader.listActions({ filter: toActionFilter(args.filter), ...pageOf(list, args) });
      const keysetOf = ({ createdAt, id }: ActionView) => ({ at: createdAt, id });
      return toConnection(slice, { list, after: args.after, keysetOf });
    },
  }),
}));
