import { describe, expect, it } from "vitest";
import { jobIdOf, runIdOf, scheduledAt } from "../../../../adapters/kubernetes/identity.ts";
import { readIndexes, stateOf } from "../../../../adapters/kubernetes/job-state.ts";
import { jobRow } from "../../../../adapters/kubernetes/rows.ts";
import { toCause, toRun } from "../../../../adapters/kubernetes/translate.ts";
import { isOlder } from "../../../../adapters/kubernetes/watch/version.ts";

const reading = { groupBy: null, defaultTimeZone: "UTC", dashboard: null };

function job({ metadata = {}, spec = {}, status = {} }: Record<string, object> = {}) {
  const named = { name: "nightly-29381760", namespace: "reports", uid: "3f2a91bc-1111-2222-3333-444455556666" };
  return jobRow.parse({ metadata: { ...named, ...metadata }, spec, status });
}

const condition = (type: string, status = "True", reason = "Because") => ({ type, status, reason });

const ROWS: readonly (readonly [string, string, Record<string, object>])[] = [
  [
    "succeeded",
    "job.complete",
    { status: { conditions: [condition("SuccessCriteriaMet"), condition("Complete")], failed: 1 } },
  ],
  ["failed", "job.failed", { status: { conditions: [condition("FailureTarget"), condition("Failed")], succeeded: 3 } }],
  // Before 1.31, with pods still running.
  ["failed", "job.failed", { status: { conditions: [condition("Failed")], active: 2 } }],
  [
    "cancelled",
    "job.failed.our-mark",
    {
      metadata: { annotations: { "tutti.dev/cancelled": "x" } },
      status: { conditions: [condition("Failed", "True", "DeadlineExceeded")] },
    },
  ],
  [
    "failed",
    "job.failed",
    {
      metadata: { annotations: { "tutti.dev/cancelled": "x" } },
      status: { conditions: [condition("Failed", "True", "BackoffLimitExceeded")] },
    },
  ],
  ["unknown", "job.undecided", { status: { conditions: [condition("Complete", "Unknown")] } }],
  ["running", "job.completing", { status: { conditions: [condition("SuccessCriteriaMet")], active: 1 } }],
  ["running", "job.failing", { status: { conditions: [condition("FailureTarget")], terminating: 1 } }],
  ["running", "job.deleting", { metadata: { deletionTimestamp: "2026-03-01T00:00:00Z" }, status: { active: 1 } }],
  ["waiting", "job.suspended", { spec: { suspend: true } }],
  ["running", "job.active", { status: { conditions: [condition("Suspended", "False")], active: 1, ready: 1 } }],
  ["running", "job.active", { status: { active: 1 } }],
  ["running", "job.active", { status: { active: 1, ready: 0, failed: 1 } }],
  ["queued", "job.starting", { status: { active: 1, ready: 0 } }],
  ["waiting", "job.between-attempts", { status: { failed: 1, startTime: "2026-03-01T00:00:00Z" } }],
  ["queued", "job.no-pods", { status: { startTime: "2026-03-01T00:00:00Z" } }],
  ["queued", "job.pending", {}],
  [
    "running",
    "job.active",
    { status: { conditions: [condition("Failed", "False"), condition("Complete", "False")], active: 1, ready: 1 } },
  ],
];

describe("11, 12: the state of a Job", () => {
  it.each(ROWS)("is %s by %s", (state, rule, given) => {
    const found = stateOf(job(given));
    expect([found.state, found.native.rule]).toEqual([state, rule]);
    const reversed = structuredClone(given) as { status?: { conditions?: unknown[] } };
    reversed.status?.conditions?.reverse();
    expect(stateOf(job(reversed as Record<string, object>)).state).toBe(state);
  });
});

describe("16: the moment a run was due", () => {
  const owner = [{ kind: "CronJob", name: "nightly", controller: true }];

  it("is told, or stands in its name", () => {
    const annotations = { "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-03-01T03:00:00+01:00" };
    expect(scheduledAt(job({ metadata: { annotations } }).metadata)).toEqual(new Date("2026-03-01T02:00:00Z"));
    const minutes = Date.UTC(2026, 2, 1, 2) / 60_000;
    const byMinute = job({ metadata: { name: `nightly-${minutes}`, ownerReferences: owner } });
    expect(scheduledAt(byMinute.metadata)).toEqual(new Date("2026-03-01T02:00:00Z"));
    const bySecond = job({ metadata: { name: "nightly-1600000000", ownerReferences: owner } });
    expect(scheduledAt(bySecond.metadata)).toEqual(new Date(1_600_000_000_000));
  });
});

describe("17: whose run it is", () => {
  const owner = [{ kind: "CronJob", name: "nightly" }];

  it("is its CronJob's, by schedule or by hand", () => {
    const scheduled = job({ metadata: { ownerReferences: owner } }).metadata;
    expect([jobIdOf(scheduled, null), toCause(scheduled).kind]).toEqual(["reports/nightly", "schedule"]);
    const annotations = { "cronjob.kubernetes.io/instantiate": "manual" };
    const manual = job({ metadata: { ownerReferences: owner, annotations } }).metadata;
    expect([jobIdOf(manual, null), toCause(manual).kind]).toEqual(["reports/nightly", "manual"]);
  });

  it("is of a group where it stands alone", () => {
    const alone = job({ metadata: { generateName: "import-", labels: { app: "ledger" } } }).metadata;
    expect([jobIdOf(alone, null), jobIdOf(alone, "app")]).toEqual(["reports/job/import", "reports/job/ledger"]);
    const scaled = job({
      metadata: { ownerReferences: [{ kind: "ScaledJob", name: "worker", controller: true }] },
    }).metadata;
    expect([jobIdOf(scaled, null), toCause(scaled).by]).toEqual(["reports/scaledjob/worker", "ScaledJob/worker"]);
  });

  it("is called by its name and the beginning of its uid", () => {
    expect(runIdOf(job().metadata)).toBe("nightly-29381760~3f2a91bc");
  });
});

describe("28: indexes", () => {
  it("are read from ranges, and not without end", () => {
    expect(readIndexes("1,3-5")).toEqual([1, 3, 4, 5]);
    expect(readIndexes("0-999999999", 10)).toHaveLength(10);
    expect(readIndexes(null)).toEqual([]);
  });
});

describe("30: resource versions", () => {
  it("are compared at any length, and not at all where they are no numbers", () => {
    expect(isOlder("9".repeat(24), `1${"0".repeat(24)}`)).toBe(true);
    expect(isOlder("9007199254740993", "9007199254740992")).toBe(false);
    expect(isOlder("abc", "abd")).toBe(false);
  });
});

describe("a run", () => {
  it("ends with its condition, for completionTime is written for success alone", () => {
    const conditions = [{ ...condition("Failed"), lastTransitionTime: "2026-03-01T02:05:00Z" }];
    expect(toRun(job({ status: { conditions } }), reading).endedAt).toEqual(new Date("2026-03-01T02:05:00Z"));
  });
});
