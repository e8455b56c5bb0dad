import { describe, expect, it } from "vitest";
import { mutate } from "../../src/adapter/conformance/mutants.ts";
import { askQuestion } from "../../src/adapter/conformance/question.ts";
import { openStage } from "../../src/adapter/conformance/stage.ts";
import { gates, links } from "../../src/adapter/conformance/surroundings.ts";
import type { Page, Remote } from "../../src/adapter/contract.ts";
import { toy } from "./toy/index.ts";
import { openToy } from "./toy/sandbox.ts";

const setup = { adapter: toy, open: openToy };
const never = new AbortController().signal;

async function readAll<T>(pages: AsyncIterable<Page<T>> | undefined): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages ?? []) items.push(...page.items);
  return items;
}

async function* endQuietly<T>(pages: AsyncIterable<Page<T>> | undefined): AsyncGenerator<Page<T>> {
  try {
    yield* pages ?? [];
  } catch {
    // As if the list had ended here.
  }
}

describe("the Toy", () => {
  it("tells whom it waits for, and what depends on what", async () => {
    const stage = await openStage(setup, "few");
    const waits = await stage.world.addRun({ jobId: "job_001", state: "waiting" });
    await stage.world.addRun({ jobId: "job_000", state: "running" });
    expect(await readAll(stage.remote.gates?.(never))).toMatchObject([
      { jobId: "job_001", runId: waits, title: "May job_001 go on?", choices: ["go"], since: expect.any(Date) },
    ]);
    expect(await readAll(stage.remote.links?.(never))).toEqual([
      { kind: "job", upstream: "job_000", downstream: "job_001" },
      { kind: "data", jobId: "job_000", access: "writes", data: "/data/job_000" },
      { kind: "data", jobId: "job_001", access: "reads", data: "/data/job_000" },
      { kind: "job", upstream: "job_001", downstream: "job_002" },
      { kind: "data", jobId: "job_001", access: "writes", data: "/data/job_001" },
      { kind: "data", jobId: "job_002", access: "reads", data: "/data/job_001" },
    ]);
    await stage.close();
  });
});

const MISTAKES: Readonly<Record<"gates" | "links", (remote: Remote) => Remote>> = {
  gates: (remote) => ({ ...remote, gates: (signal) => endQuietly(remote.gates?.(signal)) }),
  links: (remote) => ({ ...remote, links: (signal) => endQuietly(remote.links?.(signal)) }),
};

describe.each([
  { group: gates, spoil: MISTAKES.gates },
  { group: links, spoil: MISTAKES.links },
])("an adapter that takes a broken page for the end of its $group.title", ({ group, spoil }) => {
  it("is caught", async () => {
    const question = group.questions.find(({ title }) => title.startsWith("are told whole"));
    if (!question) throw new Error("nobody asks");
    expect(await askQuestion(question, setup)).toBe(true);
    const mutant = mutate(toy, { mistake: "", caughtBy: "", spoil });
    await expect(askQuestion(question, { ...setup, adapter: mutant })).rejects.toThrow("expected a RemoteError");
  });
});
