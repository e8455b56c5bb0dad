import { describe, expect, it } from "vitest";
import { toCause } from "../../../../adapters/jenkins/causes.ts";
import { jobOfUrl } from "../../../../adapters/jenkins/names.ts";
import { definitionsOf } from "../../../../adapters/jenkins/parameters.ts";
import { toPart } from "../../../../adapters/jenkins/parts.ts";
import {
  buildRow,
  computerBody,
  jobRow,
  pendingInputRow,
  queueRow,
  stagesBody,
} from "../../../../adapters/jenkins/rows.ts";
import { isPaused, type Site, toJob, toQueuedRun, toRun, toState } from "../../../../adapters/jenkins/translate.ts";
import { isStep } from "../../../../adapters/jenkins/fleet.ts";
import { corpus } from "./corpus.ts";

const SITE: Site = { root: "https://ci.test/jenkins", keyParameter: "TUTTI_KEY", unstable: "succeeded" };
const readAt = new Date("2026-11-21T03:00:00Z");
const run = (row: unknown) => toRun("fish", buildRow.parse(row), SITE, readAt);
const job = (row: unknown) =>
  toJob("fish", jobRow.parse(row), SITE, {
    branch: false,
    schedule: null,
    problem: null,
    capabilities: ["start", "pause"],
  });

describe("a build without a result that is not building", () => {
  const stand = (timestamp: number) =>
    toState({ building: false, inProgress: null, result: null, timestamp }, SITE, readAt);

  it("begins, while it is young, and is unknown afterwards", () => {
    expect(stand(readAt.getTime() - 60_000)).toEqual({
      state: "running",
      native: { word: "none", rule: "build.begins" },
    });
    expect(stand(readAt.getTime() - 600_000)).toEqual({
      state: "unknown",
      native: { word: "none", rule: "build.no-result" },
    });
  });
});

describe("the cause of a build", () => {
  const cause = (fields: object, key: string | null = null) =>
    toCause(buildRow.parse({ number: 1, actions: [{ causes: [fields] }] }).actions, key);

  it.each([
    [{ _class: "hudson.model.Cause$UserIdCause", userId: "alice" }, "manual", "alice"],
    [{ _class: "hudson.model.Cause$UserIdCause", userId: null, userName: "anonymous" }, "manual", "anonymous"],
    [
      { _class: "hudson.triggers.TimerTrigger$TimerTriggerCause", shortDescription: "Started by timer" },
      "schedule",
      null,
    ],
    [
      { _class: "hudson.model.Cause$UpstreamCause", upstreamProject: "raw/load", upstreamBuild: 7 },
      "trigger",
      "raw/load #7",
    ],
    [
      { _class: "hudson.triggers.SCMTrigger$SCMTriggerCause", shortDescription: "Started by an SCM change" },
      "trigger",
      "Started by an SCM change",
    ],
    [
      { _class: "jenkins.branch.BranchIndexingCause", shortDescription: "Branch indexing" },
      "trigger",
      "Branch indexing",
    ],
    [
      { _class: "org.jenkinsci.plugins.workflow.cps.replay.ReplayCause", shortDescription: "Replayed #3" },
      "retry",
      "Replayed #3",
    ],
    [{ _class: "com.example.NewCause", shortDescription: "Started by the moon" }, "unknown", "Started by the moon"],
    [{ shortDescription: "Started by timer" }, "schedule", null],
    [{}, "unknown", null],
  ])("%j is %s", (fields, kind, by) => {
    expect(cause(fields)).toEqual({ kind, by, key: null });
  });

  it("is us, where the build carries our key", () => {
    expect(cause({ _class: "hudson.model.Cause$UserIdCause", userId: "tutti" }, "k")).toEqual({
      kind: "us",
      by: "tutti",
      key: "k",
    });
  });
});

describe("replies nobody here wrote", () => {
  it("are builds, with their parameters, users and times", () => {
    expect(run(corpus("jenkins-rest-build-info.json"))).toEqual({
      jobId: "fish",
      runId: "10@2016-04-19T18:51:32Z",
      formerly: "queue/73",
      state: "succeeded",
      native: { word: "SUCCESS", rule: "result.success" },
      cause: { kind: "manual", by: "anonymous", key: null },
      parameters: { bear: true, fish: "salmon" },
      error: null,
      queuedAt: null,
      startedAt: new Date(1_461_091_892_486),
      endedAt: new Date(1_461_091_892_486 + 60_750),
      url: "https://ci.test/jenkins/job/fish/10/",
    });
    expect(run(corpus("jenkins-rest-build-info-empty-and-null-params.json")).parameters).toEqual({
      bear: "null",
      fish: "",
    });
    expect(run(corpus("jenkins-rest-build-info-no-params.json")).parameters).toBeNull();
  });

  it("of 2011 and 2014 are builds as well, without what was not told then", () => {
    const old = corpus("old-2011-builds.json") as { aborted: unknown; building: unknown };
    expect(run(old.aborted)).toMatchObject({ state: "cancelled", formerly: null, cause: { by: "anonymous" } });
    expect(run(old.building)).toMatchObject({ runId: "189", state: "running", startedAt: null, endedAt: null });
    expect(run(corpus("node-jenkins-buildGet.json"))).toMatchObject({
      runId: "1@2014-07-25T05:15:17Z",
      state: "succeeded",
      parameters: null,
    });
  });

  it("of multibranch folders: one built, one never", () => {
    const { jobs } = corpus("backstage-multibranch-folder.json") as {
      jobs: { lastBuild: unknown; fullName: string }[];
    };
    const [built] = jobs;
    // The fixture writes the result small, as no Jenkins does: a word we do not know stays unknown.
    expect(run(built?.lastBuild)).toMatchObject({
      state: "unknown",
      native: { word: "success", rule: "no-rule" },
      cause: { kind: "trigger", by: "Branch indexing" },
    });
    expect(jobs.slice(1).map(({ lastBuild }) => lastBuild ?? null)).toEqual(jobs.slice(1).map(() => null));
  });

  it("of nested folders end as they ended", () => {
    const { responses } = corpus("telegraf-tree.json") as { responses: Record<string, { builds?: unknown[] }> };
    const ends = Object.entries(responses).flatMap(([path, { builds }]) =>
      (builds ?? []).map((one) => [jobOfUrl(path.replace("/api/json", "/")), run(one).state]),
    );
    expect(Object.fromEntries(ends)).toEqual({
      "apps/chronograf": "failed",
      "apps/k8s-cloud/PR-100": "succeeded",
      "apps/k8s-cloud/PR-101": "succeeded",
    });
  });

  it("are jobs, with what they declare and whether they are off", () => {
    const fish = jobRow.parse(corpus("jenkins-rest-job-info.json"));
    expect(definitionsOf(fish).map(({ name, type }) => [name, type])).toEqual([
      ["bear", "BooleanParameterDefinition"],
      ["fish", "StringParameterDefinition"],
    ]);
    expect(job(corpus("jenkins-rest-job-info.json"))).toMatchObject({ name: "fish", paused: false, handOff: "blind" });
    expect(isPaused(jobRow.parse(corpus("node-jenkins-jobGet.json")))).toBe(false);
    expect(isPaused(jobRow.parse(corpus("node-jenkins-jobGetDisabled.json")))).toBe(true);
    expect(isPaused({ disabled: false, buildable: false })).toBe(false);
  });

  it("are items of the queue in all their lives", () => {
    const item = (file: string) => queueRow.parse(corpus(file));
    expect(toQueuedRun("test", item("jenkins-rest-queueItemPending.json"), SITE)).toMatchObject({
      runId: "queue/143",
      state: "queued",
      native: { word: "blocked", rule: "queue.blocked" },
      parameters: { a: "4" },
      cause: { kind: "manual", by: "martin" },
      queuedAt: new Date(1_524_074_568_030),
    });
    expect(toQueuedRun("test", item("jenkins-rest-queueItemCancelled.json"), SITE).state).toBe("cancelled");
    expect(item("jenkins-rest-queueItemRunning.json").executable?.number).toBe(14);
    expect(item("node-jenkins-queueItem.json").executable?.number).toBe(28);
    expect(isStep(item("jenkins-rest-queueItemMissingTaskUrl.json"))).toBe(true);
    expect(item("jenkins-rest-queueItemNullTaskName.json").task?.name).toBeNull();
    const { items } = corpus("jenkins-rest-queue.json") as { items: unknown[] };
    expect(items.map((one) => jobOfUrl(queueRow.parse(one).task?.url))).toEqual(["chicken", "Freestyle"]);
  });

  it("are computers, stages and inputs", () => {
    expect(computerBody.parse(corpus("jenkins-rest-computer.json")).computer.length).toBeGreaterThan(2);
    const [paused] = corpus("jenkins-rest-runHistory.json") as unknown[];
    expect(stagesBody.parse(paused).stages.map((stage) => toPart(stage, "succeeded").state)).toEqual([
      "succeeded",
      "succeeded",
      "waiting",
    ]);
    expect(pendingInputRow.parse((corpus("wfapi-pendingInputActions.json") as unknown[])[0]).message).toBe(
      "Is the build okay?",
    );
  });

  it("of a pipeline's controller are read to the end", () => {
    const { replies } = corpus("mockjenkins-replies.json") as { replies: Record<string, unknown> };
    const builds = Object.entries(replies).flatMap(([path, row]) =>
      /^GET \/job\/[^/]+\/\d+\/api\/json$/.test(path) ? [run(row)] : [],
    );
    expect(builds.length).toBeGreaterThan(0);
    for (const one of builds)
      expect(one).toMatchObject({
        cause: { kind: "manual", by: "admin" },
        formerly: expect.stringMatching(/^queue\/\d+$/),
      });
  });
});

describe("an action whose plugin stumbled", () => {
  it("costs no row", () => {
    const actions = [null, {}, [], 7, { parameters: "broken" }, { causes: [null, { userId: "alice" }] }];
    expect(run({ number: 3, timestamp: 0, result: "SUCCESS", building: false, actions })).toMatchObject({
      state: "succeeded",
      cause: { kind: "manual", by: "alice" },
    });
    expect(run({ number: 3, actions: null, result: 7, queueId: "x" })).toMatchObject({ runId: "3", state: "unknown" });
  });
});

describe("a large parameter", () => {
  it("is told by its size and its beginning", () => {
    const value = "x".repeat(70_000);
    const { parameters } = run({ number: 1, actions: [{ parameters: [{ name: "dump", value }] }] });
    expect(parameters).toEqual({ dump: { "left out": "70000 bytes", "begins with": "x".repeat(1_024) } });
  });
});
