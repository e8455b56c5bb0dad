import { expect, it } from "vitest";
import { tellStory } from "./jenkins/story.ts";
import { openStage } from "./jenkins/stage.ts";

it("a job is started, found, read, retried, cancelled, paused and resumed", async () => {
  const stage = await openStage();
  stage.world.addJob({ id: "stories/one", kind: "freestyle", concurrent: false, schedule: "H H * * *" });
  await tellStory({
    remote: stage.remote,
    jobId: "stories/one",
    stem: "story",
    now: stage.now,
    async until(ask) {
      for (let seconds = 0; seconds < 120; seconds += 1) {
        const answer = await ask();
        if (answer !== null) return answer;
        stage.advance(1_000);
      }
      throw new Error("two minutes passed, and nothing came");
    },
  });
  expect(stage.world.startedWithKey("story-1")).toHaveLength(1);
});
