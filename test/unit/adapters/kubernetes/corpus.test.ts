/** Objects nobody here wrote, read without one being set aside, and as their authors mean them. */
import { describe, expect, it } from "vitest";
import { cronJobRow, type JobRow, podRow } from "../../../../adapters/kubernetes/rows.ts";
import { jobObjects, readObjects, runPage } from "../../../../adapters/kubernetes/pages.ts";
import { lastWordsOf, partsOf } from "../../../../adapters/kubernetes/pods.ts";
import { toCronJob } from "../../../../adapters/kubernetes/translate.ts";
import type { Page } from "../../../../src/adapter/contract.ts";
import type { ForeignJob, ForeignRun } from "../../../../src/model/foreign.ts";
import { asServed, type CorpusObject, readArgo, readCases, readFilled } from "./corpus.ts";

const reading = { groupBy: null, defaultTimeZone: "UTC", dashboard: null };
const readAt = new Date("2026-11-01T00:00:00Z");

function only<T>({ items, rejected }: Page<T>): T {
  expect(rejected).toEqual([]);
  return items[0] as T;
}

function toRun(object: CorpusObject): ForeignRun {
  const page: Page<JobRow> = jobObjects({ rows: [asServed(object)], readAt });
  return only(runPage(page, reading, new Map()));
}

function toJob(object: CorpusObject): ForeignJob {
  const row = only(readObjects({ rows: [asServed(object)], readAt }, cronJobRow, "job"));
  return toCronJob(row, reading, readAt, null);
}

const argo = readArgo();
const argoJobs = argo.filter(([, { kind }]) => kind === "Job");

/** By the rules of the state table, and not by Argo's health, which reads a condition without its status. */
const ARGO_STATES: Readonly<Record<string, string>> = {
  "controller-job-failed-ignore-healthcheck": "queued",
  "controller-job-failed": "failed",
  "cronjob-action-job": "queued",
  "job-action-active": "queued",
  "job-action-completed": "succeeded",
  "job-action-created-output": "waiting",
  "job-action-created": "queued",
  "job-action-failed": "failed",
  "job-action-resumed-output": "waiting",
  "job-action-resumed-terminated-output": "running",
  "job-action-resumed": "queued",
  "job-action-suspended-output": "waiting",
  "job-action-suspended": "waiting",
  "job-action-terminated": "running",
  "job-health-failed": "failed",
  "job-health-running": "running",
  "job-health-succeeded": "succeeded",
  "job-health-suspended": "waiting",
};

describe("the manifests of Argo CD", () => {
  it("are all known to this table", () => {
    expect(argoJobs.map(([file]) => file).toSorted()).toEqual(Object.keys(ARGO_STATES).toSorted());
  });

  it.each(argoJobs)("%s has its state", (file, object) => {
    expect(toRun(object).state).toBe(ARGO_STATES[file]);
  });

  it.each(argo.filter(([, { kind }]) => kind === "CronJob"))("%s is a job with a schedule", (_file, object) => {
    const job = toJob(object);
    expect(job.schedule?.expression ?? null).not.toBeNull();
    expect(job.paused).toBe((object.spec as { readonly suspend?: boolean }).suspend ?? false);
    expect(job.problem).toBeNull();
  });

  it.each([
    ["pod-crashloop", "running", /CrashLoopBackOff/],
    ["pod-error", "running", /Error, exit 1/],
    ["pod-failed", "failed", /Error, exit 1/],
    ["pod-imagepullbackoff", "queued", /ImagePullBackOff/],
    ["pod-pending", "queued", /PodInitializing|ImagePullBackOff/],
    ["pod-succeeded", "succeeded", /^Succeeded$/],
  ])("%s is a part that is %s", (file, state, word) => {
    const [, object] = argo.find(([name]) => name === file) ?? [];
    const pod = only(readObjects({ rows: [object], readAt }, podRow, "run"));
    expect(partsOf([pod])).toMatchObject([{ state, native: { word: expect.stringMatching(word) } }]);
  });

  it.each(argo.filter(([, { kind }]) => kind === "Pod"))("%s tells no words that it has not", (_file, object) => {
    const pod = only(readObjects({ rows: [object], readAt }, podRow, "run"));
    for (const words of lastWordsOf(pod)) expect(words.exitCode).toEqual(expect.any(Number));
  });
});

interface KstatusCase {
  readonly name: string;
  readonly object: CorpusObject;
}

describe("the cases of kstatus", () => {
  const { cases } = readCases("kstatus-cases.json") as { readonly cases: readonly KstatusCase[] };

  it.each([
    ["jobNoStatus", "queued"],
    ["jobComplete", "succeeded"],
    ["jobFailed", "failed"],
    // Conditions of both ends, each of them False.
    ["jobInProgress", "running"],
  ])("%s is %s", (name, state) => {
    expect(toRun(cases.find((one) => one.name === name)?.object as CorpusObject).state).toBe(state);
  });

  it("holds CronJobs without a spec, which no server would take", () => {
    const rows = cases.filter(({ object }) => object.kind === "CronJob").map(({ object }) => asServed(object));
    const { rejected } = readObjects({ rows, readAt }, cronJobRow, "job");
    expect(rejected.map(({ id }) => id)).toEqual(["test", "test"]);
  });
});

interface MetricsCases {
  readonly jobs: readonly { readonly object: CorpusObject; readonly expected: Readonly<Record<string, unknown>> }[];
  readonly cronjobs: MetricsCases["jobs"];
}

const seconds = (at: Date | null) => (at === null ? null : at.getTime() / 1_000);

describe("the cases of kube-state-metrics", () => {
  const { jobs, cronjobs } = readCases("kube-state-metrics-cases.json") as MetricsCases;

  it.each(jobs.map(({ object, expected }) => [object.metadata.name, object, expected] as const))(
    "%s has the state and the times it is said to have",
    (_name, object, expected) => {
      const run = toRun(object);
      expect(run.state === "succeeded").toBe(expected["complete"] === "true");
      expect(run.state === "failed").toBe(expected["failed"] === "true");
      if (expected["suspended"] !== undefined) expect(run.state === "waiting").toBe(expected["suspended"] === 1);
      if (expected["start_time"] !== undefined && run.state !== "queued")
        expect(seconds(run.startedAt)).toBe(expected["start_time"]);
      // Of a failed one the API writes no such time, whatever this case says.
      if (run.state === "succeeded") expect(seconds(run.endedAt)).toBe(expected["completion_time"] ?? null);
    },
  );

  it.each(cronjobs.map(({ object, expected }) => [object.metadata.name, object, expected] as const))(
    "%s is a job that is paused or not",
    (_name, object, expected) => {
      expect(toJob(object).paused).toBe(expected["suspend"] === 1);
    },
  );
});

describe("the objects with every field filled in", () => {
  it.each(readFilled())("%s is read to its last field", (_file, object) => {
    if (object.kind === "CronJob") {
      // Its schedule is the word `scheduleValue`: kept as it stands, and said to be none.
      expect(toJob(object)).toMatchObject({
        id: "namespaceValue/nameValue",
        paused: true,
        problem: expect.any(String),
      });
      return;
    }
    expect(toRun(object)).toMatchObject({ jobId: expect.stringContaining("namespaceValue/"), state: "running" });
  });
});
