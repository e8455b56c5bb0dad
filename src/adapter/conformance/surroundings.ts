/** What a tool tells beside its jobs and runs: whom it waits for, and what depends on what. All of it, or nothing. */
import assert from "node:assert/strict";
import type { ForeignGate, ForeignLink } from "../../model/foreign.ts";
import type { Page, Remote } from "../contract.ts";
import { RemoteError } from "../remote-error.ts";
import { givenRun } from "./given.ts";
import type { Interference } from "./fault-proxy.ts";
import { status, text, truncated } from "./interference.ts";
import type { Question, QuestionGroup } from "./question.ts";
import { abortOf, readAll } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

/** Three runs under way, of which one waits: for a person, where the tool has such a thing. */
async function givenWork(stage: Stage): Promise<void> {
  for (const state of ["running", "waiting", "queued"] as const) await givenRun(stage, { state });
}

type Telling = (remote: Remote, signal: AbortSignal) => AsyncIterable<Page<unknown>>;

const UNWELL: readonly Interference[] = [
  status(500),
  status(403),
  text("{}"),
  text("<html></html>", "text/html"),
  truncated,
];

function neverHalf(needs: "gates" | "links", tell: Telling): Question {
  return {
    title: "are told whole, or not at all",
    needs: [needs],
    async ask(stage) {
      await givenWork(stage);
      await readAll(tell(stage.connect(), never));
      for (const fault of UNWELL) {
        stage.proxy.interfere(fault);
        const before = stage.proxy.seen.length;
        const error = await readAll(tell(stage.connect(), never)).then(
          () => null,
          (cause: unknown) => cause,
        );
        stage.proxy.mend();
        // A tool that has nothing to be asked about was not asked, and has nothing to get wrong.
        if (stage.proxy.seen.length > before)
          assert.ok(error instanceof RemoteError, `expected a RemoteError, got ${String(error)}`);
      }
    },
  };
}

function heedsAborts(needs: "gates" | "links", tell: Telling): Question {
  return {
    title: "are left at once when nobody waits for them",
    needs: [needs],
    async ask({ remote }) {
      const stop = AbortSignal.abort();
      await abortOf(() => readAll(tell(remote, stop)));
    },
  };
}

const gatesOf: Telling = (remote, signal) => remote.gates?.(signal) ?? nothing();
const linksOf: Telling = (remote, signal) => remote.links?.(signal) ?? nothing();

async function* nothing(): AsyncGenerator<never> {}

export const gates: QuestionGroup = {
  title: "gates",
  questions: [
    {
      title: "name their job, their run and what is asked, each once",
      needs: ["gates"],
      async ask(stage) {
        await givenWork(stage);
        const { items, pages } = await readAll(gatesOf(stage.remote, never));
        assert.ok(pages.length > 0, "a list without a page is no answer");
        const names = (items as readonly ForeignGate[]).map(({ jobId, runId, gateId, title }) => {
          assert.ok([jobId, runId, gateId, title].every((word) => word.length > 0));
          return `${jobId}/${runId}/${gateId}`;
        });
        assert.equal(new Set(names).size, names.length);
      },
    },
    neverHalf("gates", gatesOf),
    heedsAborts("gates", gatesOf),
  ],
};

export const links: QuestionGroup = {
  title: "links",
  questions: [
    {
      title: "name both ends",
      needs: ["links"],
      async ask(stage) {
        const { items, pages } = await readAll(linksOf(stage.remote, never));
        assert.ok(pages.length > 0, "a list without a page is no answer");
        for (const link of items as readonly ForeignLink[]) {
          const ends = link.kind === "job" ? [link.upstream, link.downstream] : [link.jobId, link.data];
          assert.ok(ends.every((end) => end.length > 0));
        }
      },
    },
    neverHalf("links", linksOf),
    heedsAborts("links", linksOf),
  ],
};
