/**
 * The face of the hand-off: a wish comes in, is written down, and is answered with what became of it as soon as that is
 * known. Accepted means committed: whoever gets no answer may ask again with the same key.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../lib/clock.ts";
import { InputError } from "../lib/input-error.ts";
import type { IntentKind } from "../model/intent.ts";
import type { Json } from "../model/json.ts";
import { type JobReference, printReference } from "../model/reference.ts";
import { isTerminal } from "../model/run-state.ts";
import type { RunView } from "../model/view.ts";
import type { Db } from "../store/db.ts";
import type { Intent } from "../store/intent/intent.ts";
import { type Call, moveIntent, type Move, Superseded } from "../store/intent/move.ts";
import { insertIntent, intentById, intentByKey, type NewIntent, openIntentLike } from "../store/intent/request.ts";
import { jobByReference, jobsByIds } from "../store/read/jobs.ts";
import type { RowKey } from "../store/read/row-key.ts";
import { runById } from "../store/read/runs.ts";
import { ActionError } from "./action-error.ts";
import { isDecided, refuseUnlessDone } from "./outcome.ts";
import type { Waiters } from "./waiters.ts";
import { checkKey, checkParameters, classOf, digestOf, type JobWithSource, refuseUnable } from "./wish.ts";

/** Who asks, and why. */
export interface Asker {
  readonly principal: string;
  readonly note: string | null;
}

export type Decision =
  | { readonly kind: "ran"; readonly run: RowKey | null }
  | { readonly kind: "send-again" }
  | { readonly kind: "give-up" };

/** Answers with the row that shows it; throws `ActionError` or `InputError`. */
export interface Acting {
  start(job: JobReference, asked: { readonly parameters: Json; readonly key: string }, asker: Asker): Promise<RowKey>;
  retry(run: RowKey, asker: Asker): Promise<RowKey>;
  cancel(run: RowKey, asker: Asker): Promise<RowKey>;
  pause(job: JobReference, asker: Asker): Promise<RowKey>;
  resume(job: JobReference, asker: Asker): Promise<RowKey>;
  /** A person says what became of an uncertain one. */
  resolve(action: RowKey, decision: Decision, asker: Asker): Promise<void>;
}

export interface ActingDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly waiters: Waiters;
  /** Wakes whoever hands off, where that is this process. */
  readonly wake: () => void;
  /** How long a caller waits for what becomes of his wish. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;
/** Who works in another process tells nobody here. */
const LOOK_EVERY_MS = 150;
/** Who asked by hand will have gone elsewhere by then. */
const SEND_WITHIN_MS = 600_000;
const MOST_TRIES = 5;

export function createActing(deps: ActingDeps): Acting {
  const { db, clock, waiters, wake, patienceMs = PATIENCE_MS } = deps;

  async function ask(wish: NewIntent): Promise<Intent> {
    const intent = await writeDown(wish);
    wake();
    const decided = await waitFor(intent);
    refuseUnlessDone(decided);
    return decided;
  }

  /** Two that ask at once for the same meet here: one writes, the other finds it. */
  async function writeDown(wish: NewIntent): Promise<RowKey> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const written = await insertIntent(db, wish);
      if (written) return written;
      const there = (await intentByKey(db, wish.sourceId, wish.key)) ?? (await openIntentLike(db, wish));
      // Settled between the two questions: nothing stands in the way any more.
      if (!there) continue;
      refuseOther(wish, there);
      if (there.state !== "refused") return there;
      if (await askAgain(there, wish)) return there;
    }
    throw new ActionError("CONFLICT", "it is being asked for by several at once; ask again");
  }

  /** Refused means that surely nothing began, so the same key may be tried anew. */
  async function askAgain(intent: Intent, { principal }: NewIntent): Promise<boolean> {
    const call: Call = { call: "ask", outcome: "told", detail: `asked for again by ${principal}`, tookMs: null };
    const move: Move = { to: "pending", call, againInMs: 0, fault: null, sendWithinMs: SEND_WITHIN_MS };
    return moved(moveIntent(db, intent, move));
  }

  async function waitFor(key: RowKey): Promise<Intent> {
    const untilMs = clock.monotonicMs() + patienceMs;
    for (;;) {
      // Listening begins before looking, or what moves in between would be missed.
      const moving = waiters.next(key, LOOK_EVERY_MS);
      const intent = await intentById(db, key);
      if (!intent) throw new ActionError("NOT_FOUND", "its source was removed while it was asked for");
      if (isDecided(intent) || clock.monotonicMs() > untilMs) return intent;
      await moving;
    }
  }

  async function switchJob(kind: "pause" | "resume", reference: JobReference, asker: Asker): Promise<RowKey> {
    const job = await jobOf(db, reference);
    refuseUnable(job, kind);
    await ask({ ...basis(kind, job, asker), key: freshKey(kind), target: null, parameters: null });
    return { sourceId: job.sourceId, id: job.id };
  }

  return {
    async start(reference, { parameters, key }, asker) {
      checkKey(key);
      checkParameters(parameters);
      const job = await jobOf(db, reference);
      refuseUnable(job, "start");
      const digest = digestOf(["start", job.externalId, parameters]);
      const intent = await ask({ ...basis("start", job, asker), key, target: null, parameters, digest });
      return runOf(intent);
    },

    async retry(run, asker) {
      const { job, view } = await runAndJob(db, run);
      refuseUnable(job, "retry");
      if (!isTerminal(view.state))
        throw new ActionError(
          "CONFLICT",
          `the run ${view.externalId} is ${view.state}; only one that has ended can be retried`,
        );
      const target = { id: view.id, attempt: view.attempt };
      return runOf(await ask({ ...basis("retry", job, asker), key: freshKey("retry"), target, parameters: null }));
    },

    async cancel(run, asker) {
      const { job, view } = await runAndJob(db, run);
      refuseUnable(job, "cancel");
      if (view.state === "cancelled") return run;
      if (isTerminal(view.state))
        throw new ActionError("CONFLICT", `the run ${view.externalId} has ended already: it ${view.state}`);
      const target = { id: view.id, attempt: view.attempt };
      await ask({ ...basis("cancel", job, asker), key: freshKey("cancel"), target, parameters: null });
      return run;
    },

    pause: (job, asker) => switchJob("pause", job, asker),
    resume: (job, asker) => switchJob("resume", job, asker),

    async resolve(key, decision, asker) {
      for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
        const intent = await intentById(db, key);
        if (!intent) throw new ActionError("NOT_FOUND", "there is no such action");
        if (intent.state !== "uncertain")
          throw new ActionError(
            "CONFLICT",
            `the action is ${intent.state}; only an uncertain one waits for a person`,
            key,
          );
        if (await moved(moveIntent(db, intent, await moveOf(db, intent, decision, asker)))) return wake();
        // Somebody looked after it in the same moment.
        await pause(20 * tries);
      }
      throw new ActionError("CONFLICT", "the action is being looked after right now; try again", key);
    },
  };
}

async function moveOf(db: Db, intent: Intent, decision: Decision, { principal, note }: Asker): Promise<Move> {
  const said = `${principal} says: ${decision.kind}${note === null ? "" : `, ${note}`}`;
  const call: Call = { call: "ask", outcome: "told", detail: said, tookMs: null };
  if (decision.kind === "send-again")
    return { to: "pending", call, againInMs: 0, fault: null, sendWithinMs: SEND_WITHIN_MS };
  if (decision.kind === "give-up") return { to: "abandoned", call, againInMs: 0 };
  if (intent.kind === "pause" || intent.kind === "resume") return { to: "confirmed", call, againInMs: 0, fault: null };
  const run = decision.run && (await runById(db, decision.run, { withJob: false, withSource: false }));
  if (!run) throw new InputError("run", "say which run it became");
  if (run.sourceId !== intent.sourceId || run.jobId !== intent.jobRow)
    throw new InputError("run", `the run ${run.externalId} is none of ${intent.source}/${intent.jobId}`);
  const became = {
    externalRun: run.externalId,
    foundBy: "person",
    runRow: run.id,
    merged: false,
    warning: null,
  } as const;
  return { to: "confirmed", call, againInMs: 0, fault: null, became };
}

async function moved(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Superseded) return false;
    throw error;
  }
}

function refuseOther(wish: NewIntent, there: Intent): void {
  if (wish.kind === there.kind && (wish.kind !== "start" || wish.digest.equals(there.digest))) return;
  const key = { sourceId: there.sourceId, id: there.id };
  if (wish.key !== there.key)
    throw new ActionError("CONFLICT", `a ${there.kind} of ${there.source}/${there.jobId} is under way`, key);
  const what = there.kind === "start" ? `a start of ${there.jobId}` : `a ${there.kind}`;
  throw new ActionError(
    "CONFLICT",
    `the key ${wish.key} belongs to ${what} with other parameters; use another one`,
    key,
  );
}

function runOf({ sourceId, id, runRow, externalRun }: Intent): RowKey {
  if (runRow !== null) return { sourceId, id: runRow };
  throw new ActionError("NOT_FOUND", `it became the run ${externalRun}, which could not be kept here`, {
    sourceId,
    id,
  });
}

function basis(kind: IntentKind, job: JobWithSource, { principal, note }: Asker) {
  return {
    sourceId: job.sourceId,
    jobRow: job.id,
    kind,
    digest: digestOf([kind, job.externalId]),
    principal,
    note,
    handOff: classOf(job),
    sendWithinMs: SEND_WITHIN_MS,
  };
}

/** Ours, where nobody gives one. Unguessable, so that no two installations ever meet in one tool. */
function freshKey(kind: IntentKind): string {
  return `${kind}-${randomBytes(15).toString("hex")}`;
}

async function jobOf(db: Db, reference: JobReference): Promise<JobWithSource> {
  const job = await jobByReference(db, reference, { withSource: true });
  if (job?.source) return job as JobWithSource;
  throw new ActionError("NOT_FOUND", `there is no job ${printReference(reference)}`);
}

async function runAndJob(db: Db, run: RowKey): Promise<{ readonly job: JobWithSource; readonly view: RunView }> {
  const view = await runById(db, run, { withJob: false, withSource: false });
  if (!view) throw new ActionError("NOT_FOUND", "there is no run of this id");
  if (view.goneAtSource !== null)
    throw new ActionError("NOT_FOUND", `its tool no longer knows the run ${view.externalId}`);
  const [job] = await jobsByIds(db, [{ sourceId: view.sourceId, id: view.jobId }], { withSource: true });
  if (job?.source) return { view, job: job as JobWithSource };
  throw new ActionError("NOT_FOUND", "its job is no longer known");
}
