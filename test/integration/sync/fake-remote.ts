/** A remote in memory that keeps the contract, and breaks it where a test asks for that. */
import type { Page, Remote } from "../../../src/adapter/contract.ts";
import type { ForeignJob, ForeignRun } from "../../../src/model/foreign.ts";

export interface FakeRemote extends Remote {
  readonly jobList: ForeignJob[];
  readonly runList: Map<string, { run: ForeignRun; changedAt: Date }>;
  /** How often each method was called. */
  readonly calls: Record<string, number>;
  /** What `runs` was asked for. */
  readonly asked: Date[];
  readonly slices: { from: Date; to: Date }[];
  now: () => Date;
  set(run: ForeignRun): void;
  remove(run: ForeignRun): void;
}

type Break = Partial<Remote>;

export function fakeRemote(broken: Break = {}): FakeRemote {
  const runList: FakeRemote["runList"] = new Map();
  const calls: Record<string, number> = {};
  const key = (run: { jobId: string; runId: string }) => `${run.jobId}/${run.runId}`;
  const count = (name: string) => void (calls[name] = (calls[name] ?? 0) + 1);
  const page = <T>(items: readonly T[]): Page<T> => ({ items, readAt: remote.now(), rejected: [] });
  const all = () => [...runList.values()];
  const isOpen = (run: ForeignRun) => ["queued", "running", "waiting"].includes(run.state);

  const remote: FakeRemote = {
    jobList: [],
    runList,
    calls,
    asked: [],
    slices: [],
    now: () => new Date(),
    set: (run) => void runList.set(key(run), { run, changedAt: remote.now() }),
    remove: (run) => void runList.delete(key(run)),
    async probe() {
      count("probe");
      return { version: "1.0", missingRights: ["can read logs"], troubles: [], clockSkewMs: 0 };
    },
    async *jobs() {
      count("jobs");
      yield page(remote.jobList.slice(0, 1));
      yield page(remote.jobList.slice(1));
    },
    async *runs(since) {
      count("runs");
      remote.asked.push(since);
      yield page(
        all()
          .filter(({ changedAt }) => changedAt >= since)
          .map(({ run }) => run),
      );
    },
    async *history(window) {
      count("history");
      remote.slices.push(window);
      const within = (at: Date | null) => at !== null && at >= window.from && at <= window.to;
      yield page(
        all()
          .map(({ run }) => run)
          .filter((run) => within(run.startedAt)),
      );
    },
    async *open() {
      count("open");
      yield page(
        all()
          .map(({ run }) => run)
          .filter(isOpen),
      );
    },
    async observe(refs) {
      count("observe");
      return page(refs.flatMap((ref) => runList.get(key(ref))?.run ?? []));
    },
    ...broken,
  };
  return remote;
}
