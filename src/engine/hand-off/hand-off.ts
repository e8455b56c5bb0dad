/**
 * One intent, one step further: decide, call, and write down what came of it. Whatever happens in between, the intent
 * says how far it came, and its next holder goes on from there.
 */
import { InputError } from "../../lib/input-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { Intent } from "../../store/intent/intent.ts";
import { Superseded } from "../../store/intent/move.ts";
import type { Line } from "../remotes.ts";
import { nextStep } from "./decide.ts";
import { type HandOffDeps, type Holding, moveAsDecided, type Moved } from "./holding.ts";
import { look } from "./look.ts";
import { send } from "./send.ts";

/** Throws what the database throws; then the intent is claimed again when its lease has ended. */
export async function handOff(deps: HandOffDeps, intent: Intent): Promise<Moved> {
  failpoint("claimed");
  const holding: Holding = { ...deps, intent, held: intent, line: await lineOf(deps, intent) };
  try {
    return await takeStep(holding);
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
    const { id, source, epoch } = intent;
    deps.metrics.handOffFenced.inc({ source });
    deps.log.warn({ source, intent: id, epoch }, "the intent has been taken over by another replica");
    return { state: "superseded", againInMs: 0 };
  }
}

function takeStep(holding: Holding): Promise<Moved> {
  const step = nextStep(holding.intent, holding.times);
  if (step.do === "look") return look(holding);
  if (step.do === "send") return send(holding, null);
  return moveAsDecided(holding, step, "observe");
}

async function lineOf({ remotes }: HandOffDeps, { sourceId, source }: Intent): Promise<Line | string> {
  try {
    return (await remotes.of(sourceId)) ?? `the source ${source} was removed`;
  } catch (error) {
    if (error instanceof InputError) return `the source ${source} cannot be asked: ${error.message}`;
    throw error;
  }
}
