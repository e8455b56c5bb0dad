/** Asks an adapter every question of the suite, one test each. */
import { describe, it } from "vitest";
import { askQuestion, BeyondThisWorld } from "./question.ts";
import type { Setup } from "./stage.ts";
import { SUITE } from "./suite.ts";

export function describeAdapter(setup: Setup & { readonly name?: string }): void {
  const name = setup.name ?? setup.adapter.title;
  for (const group of SUITE)
    describe(`${name}: ${group.title}`, () => {
      for (const question of group.questions)
        it(question.title, async ({ skip }) => {
          const asked = await askQuestion(question, setup).catch((error: unknown) => {
            if (error instanceof BeyondThisWorld) return skip(error.message);
            throw error;
          });
          if (!asked) skip("it has nothing to answer here");
        });
    });
}
