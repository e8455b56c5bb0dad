/** Jobs: all of them, or none. */
import assert from "node:assert/strict";
import type { Remote } from "../contract.ts";
import type { QuestionGroup } from "./question.ts";
import { neverCut, readAll, sorted } from "./reading.ts";
import type { Stage } from "./stage.ts";

const never = new AbortController().signal;

async function jobIds(remote: Remote): Promise<string[]> {
  const { items } = await readAll(remote.jobs(never));
  return items.map(({ id }) => id);
}

function namesOf({ many }: Stage): string[] {
  return Array.from({ length: many }, (_, at) => `job_${String(at).padStart(3, "0")}`);
}

export const listing: QuestionGroup = {
  title: "jobs",
  questions: [
    {
      title: "are listed to the last, over several pages",
      jobs: "many",
      async ask(stage) {
        const { items, pages } = await readAll(stage.remote.jobs(never));
        const ids = items.map(({ id }) => id);
        assert.deepEqual(sorted(ids), namesOf(stage));
        assert.equal(ids.length, stage.many, "a job is listed twice");
        assert.ok(pages.length > 2, "the question proves something only over three pages or more");
      },
    },
    {
      title: "are the same when listed again",
      async ask({ remote }) {
        assert.deepEqual(await jobIds(remote), await jobIds(remote));
      },
    },
    {
      title: "come, go and are paused behind our back",
      async ask({ remote, world }) {
        await jobIds(remote);
        await world.addJob({ id: "new_one", paused: true });
        await world.removeJob("job_001");
        const { items } = await readAll(remote.jobs(never));
        assert.deepEqual(sorted(items.map(({ id }) => id)), ["job_000", "job_002", "new_one"]);
        assert.equal(items.find(({ id }) => id === "new_one")?.paused, true);
        assert.equal(items.find(({ id }) => id === "job_000")?.paused, false);
      },
    },
    {
      title: "are never half a list",
      jobs: "many",
      ask: (stage) => neverCut(stage, jobIds, namesOf(stage)),
    },
    {
      title: "keep their names, whatever is in them",
      async ask({ remote, world }) {
        const names = ["with space", "ünï_✓", "a%2Fb", "plus+and&more?#"];
        for (const id of names) await world.addJob({ id });
        const ids = await jobIds(remote);
        for (const id of names) assert.ok(ids.includes(id), `${id} is not among ${ids.join(", ")}`);
      },
    },
  ],
};
