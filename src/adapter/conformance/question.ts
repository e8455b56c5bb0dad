/** One question that every adapter must answer: a plain function, so that it can be asked in a test and of a mutant. */
import type { Capability } from "../../model/capability.ts";
import { type Adapter, capabilitiesOf } from "../contract.ts";
import { openStage, type Setup, type Stage } from "./stage.ts";

/** What a real tool cannot be made to show: thrown by its world, and told as the reason why nothing was asked. */
export class BeyondThisWorld extends Error {}

export interface Question {
  readonly title: string;
  /** Methods without which there is nothing to ask. */
  readonly needs?: readonly Capability[];
  /** Another reason why an adapter may be left alone. */
  readonly concerns?: (adapter: Adapter) => boolean;
  /** Jobs in the sandbox to begin with; few unless it takes pages. */
  readonly jobs?: "few" | "many";
  /** Rejects when the answer is wrong. */
  ask(stage: Stage): Promise<void>;
}

export interface QuestionGroup {
  readonly title: string;
  readonly questions: readonly Question[];
}

/** False when the question does not concern this adapter. */
export async function askQuestion(question: Question, setup: Setup): Promise<boolean> {
  const stage = await openStage(setup, question.jobs ?? "few");
  try {
    const present = capabilitiesOf(stage.remote);
    const can = (question.needs ?? []).every((capability) => present.includes(capability));
    if (!can || question.concerns?.(setup.adapter) === false) return false;
    await question.ask(stage);
    return true;
  } finally {
    await stage.close();
  }
}
