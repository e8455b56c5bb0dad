import { describe, expect, it } from "vitest";
import { buildOfUrl, jobOfUrl, jobPath, readRunId, runIdOf } from "../../../../adapters/jenkins/names.ts";

describe("a path", () => {
  it.each([
    ["", ""],
    ["team/etl/nightly", "/job/team/job/etl/job/nightly"],
    ["org/repo/feature%2Fx", "/job/org/job/repo/job/feature%252Fx"],
    ["with space", "/job/with%20space"],
    ["ünï_✓", "/job/%C3%BCn%C3%AF_%E2%9C%93"],
    ["plus+and&more?#", "/job/plus%2Band%26more%3F%23"],
    ["../../script", "/job/../job/../job/script"],
  ])("of %j is %j", (fullName, path) => {
    expect(jobPath(fullName)).toBe(path);
  });
});

describe("a url", () => {
  it.each([
    ["http://wrong:1/ci/job/team/job/etl/57/", { jobId: "team/etl", number: 57 }],
    ["/job/repo/job/feature%252Fx/3", { jobId: "repo/feature%2Fx", number: 3 }],
    ["http://h/job/grid/OS=linux/12/", null],
    ["http://h/job/maven/com.acme$core/12/", null],
    ["http://h/job/bad%ZZ/12/", null],
    ["", null],
    [null, null],
  ])("%j is the build %j", (url, build) => {
    expect(buildOfUrl(url)).toEqual(build);
  });

  it("of a job is its full name", () => {
    expect(jobOfUrl("http://h/jenkins/job/a/job/b%2520c/?x=1")).toBe("a/b%20c");
    expect(jobOfUrl("http://h/job/a/12/")).toBeNull();
  });
});

describe("the name of a run", () => {
  it("carries its time, and is read back", () => {
    const runId = runIdOf(57, 1_618_492_494_269);
    expect(runId).toBe("57@2021-04-15T13:14:54Z");
    expect(readRunId(runId)).toEqual({ kind: "build", number: 57, at: "2021-04-15T13:14:54Z" });
    expect(readRunId("queue/9")).toEqual({ kind: "item", item: 9 });
    expect(readRunId("57")).toEqual({ kind: "build", number: 57, at: null });
    expect(runIdOf(189, null)).toBe("189");
  });

  it.each(["", "scheduled__2026", "queue/", "queue/x", "-1", "1.5", "../57"])("%j is none of ours", (runId) => {
    expect(readRunId(runId)).toBeNull();
  });
});
