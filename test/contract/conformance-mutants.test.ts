import { AssertionError } from "node:assert";
import { describe, expect, it } from "vitest";
import { ZodError } from "zod";
import { airflow } from "../../adapters/airflow/index.ts";
import { openAirflowSandbox } from "../../adapters/airflow/sandbox.ts";
import { jenkins } from "../../adapters/jenkins/index.ts";
import { openJenkinsSandbox } from "../../adapters/jenkins/sandbox.ts";
import { kubernetes } from "../../adapters/kubernetes/index.ts";
import { openKubernetesSandbox } from "../../adapters/kubernetes/sandbox.ts";
import { MUTANTS, mutate } from "../../src/adapter/conformance/mutants.ts";
import { askQuestion, type Question } from "../../src/adapter/conformance/question.ts";
import { SUITE } from "../../src/adapter/conformance/suite.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import type { Setup } from "../../src/adapter/conformance/stage.ts";
import { toy } from "./toy/index.ts";
import { openToy } from "./toy/sandbox.ts";

const SOUND: readonly (Setup & { readonly name: string })[] = [
  { name: "the Toy", adapter: toy, open: openToy },
  { name: "Airflow 2.10", adapter: airflow, open: (options) => openAirflowSandbox({ ...options, api: "v1" }) },
  { name: "Airflow 3.2", adapter: airflow, open: (options) => openAirflowSandbox({ ...options, api: "v2" }) },
  { name: "Jenkins", adapter: jenkins, open: openJenkinsSandbox, finishedIsFinal: true },
  {
    name: "Kubernetes",
    adapter: kubernetes,
    open: openKubernetesSandbox,
    jobName: (id) => `default/${id.replaceAll("_", "-")}`,
  },
];

function questionCalled(name: string): Question {
  const found = SUITE.flatMap(({ title, questions }) =>
    questions.filter((question) => `${title}: ${question.title}` === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} questions are called "${name}"`);
  return found[0] as Question;
}

describe.each(SOUND)("an adapter made of $name", (setup) => {
  it.for(MUTANTS)("is caught when it $mistake", async (mutant, { skip }) => {
    const question = questionCalled(mutant.caughtBy);
    // What the mutant fails must be what the sound one passes, or nothing is proven.
    if (!(await askQuestion(question, setup))) skip("it has no method that could be spoiled so");
    const verdict: unknown = await askQuestion(question, { ...setup, adapter: mutate(setup.adapter, mutant) }).catch(
      (error: unknown) => error,
    );
    expect([AssertionError, ZodError, RemoteError].some((kind) => verdict instanceof kind)).toBe(true);
  });
});
