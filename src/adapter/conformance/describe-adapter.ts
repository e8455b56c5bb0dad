/** Asks an adapter every question of the suite, one test each. */
import { describe, it } from "vitest";
import { askQuestion } from "./question.ts";
import type { Setup } from "./stage.ts";
import { SUITE } from "./suite.ts";

export function describeAdapter(setup: Setup & { readonly name?: string }): void {
  const name = setup.name ?? setup.adapter.title;
  for (const group of SUITE)
    describe(`${name}: ${group.title}`, () => {
      for (const question of group.questions)
        it(question.title, async ({ skip }) => {
          if (!(await askQuestion(question, setup))) skip("it has nothing to answer here");
        });
    });
}
