/** Runs asked for by name, a hundred a question, and kept. */
import type { Page } from "../adapter/contract.ts";
import type { ForeignRun, ForeignRunRef } from "../model/foreign.ts";
import { ask } from "./ask.ts";
import { keep, type Keeper } from "./keep.ts";
import type { Pass } from "./pass.ts";

export const RUNS_A_QUESTION = 100;

export type Observer = Keeper & Pick<Pass, "remote" | "asking">;

export async function observeRuns(observer: Observer, runs: readonly ForeignRunRef[]): Promise<void> {
  for (let from = 0; from < runs.length; from += RUNS_A_QUESTION)
    await observeSome(observer, runs.slice(from, from + RUNS_A_QUESTION));
}

/** Answers with the page, for those who ask what is not on it. */
export async function observeSome(observer: Observer, runs: readonly ForeignRunRef[]): Promise<Page<ForeignRun>> {
  const { remote, asking } = observer;
  const refs = runs.map(({ jobId, runId }) => ({ jobId, runId }));
  const page = await ask(asking, (signal) => remote.observe(refs, signal));
  await keep(observer, page);
  return page;
}
