/** Adapters with one mistake each, made of any sound one: if the suite does not catch them, the suite is at fault. */
import type { RunState } from "../../model/run-state.ts";
import type { ForeignRun } from "../../model/foreign.ts";
import { isAbort } from "../abort.ts";
import type { Adapter, Page, Remote } from "../contract.ts";
import { RemoteError } from "../remote-error.ts";

export interface Mutant {
  readonly mistake: string;
  /** The question that must notice, as `group: question`. */
  readonly caughtBy: string;
  readonly spoil: (remote: Remote, knows: Knowledge) => Remote;
}

interface Knowledge {
  readonly now: () => Date;
  /** What the host has handed out so far. */
  readonly secrets: readonly string[];
}

export function mutate(adapter: Adapter, { spoil }: Mutant): Adapter {
  return {
    ...adapter,
    connect(config, host) {
      const secrets: string[] = [];
      const secret = async (reference: string) => {
        const value = await host.secret(reference);
        secrets.push(value);
        return value;
      };
      return spoil(adapter.connect(config, { ...host, secret }), { now: () => host.now(), secrets });
    },
  };
}

type Pages<T> = AsyncIterable<Page<T>>;

async function* dropSecond<T>(pages: Pages<T>): Pages<T> {
  let at = 0;
  for await (const page of pages) {
    at += 1;
    if (at !== 2) yield page;
  }
}

async function* onlyFirst<T>(pages: Pages<T>): Pages<T> {
  for await (const page of pages) {
    yield page;
    return;
  }
}

async function* endQuietly<T>(pages: Pages<T>): Pages<T> {
  try {
    yield* pages;
  } catch {
    // As if the list had ended here.
  }
}

async function* oldestFirst<T>(pages: Pages<T>): Pages<T> {
  const all: Page<T>[] = [];
  for await (const page of pages) all.unshift({ ...page, items: page.items.toReversed() });
  yield* all;
}

async function* eachPage<T>(pages: Pages<T>, change: (page: Page<T>) => Page<T>): Pages<T> {
  for await (const page of pages) yield change(page);
}

/** The same change on every way in which runs are told. */
function everyRunPage(remote: Remote, change: (page: Page<ForeignRun>) => Page<ForeignRun>): Remote {
  return {
    ...remote,
    runs: (since, signal) => eachPage(remote.runs(since, signal), change),
    history: (window, signal) => eachPage(remote.history(window, signal), change),
    open: (signal) => eachPage(remote.open(signal), change),
    observe: async (runs, signal) => change(await remote.observe(runs, signal)),
  };
}

function everyRun(remote: Remote, change: (run: ForeignRun) => ForeignRun): Remote {
  return everyRunPage(remote, (page) => ({ ...page, items: page.items.map(change) }));
}

function jobsFailWith(remote: Remote, change: (error: unknown) => unknown): Remote {
  async function* failing<T>(pages: Pages<T>): Pages<T> {
    try {
      yield* pages;
    } catch (error) {
      throw change(error);
    }
  }
  return { ...remote, jobs: (signal) => failing(remote.jobs(signal)) };
}

function forgetKeys(remote: Remote): Remote {
  let times = 0;
  if (!remote.start) return remote;
  return {
    ...remote,
    async start(request, signal) {
      times += 1;
      const key = times === 1 ? request.key : `${request.key}-${times}`;
      return (await remote.start?.({ ...request, key }, signal)) ?? fail();
    },
  };
}

function denyDoubt(remote: Remote): Remote {
  if (!remote.start) return remote;
  return {
    ...remote,
    async start(request, signal) {
      try {
        return (await remote.start?.(request, signal)) ?? fail();
      } catch (error) {
        throw new RemoteError(String(error), { fault: "refused", passing: false });
      }
    },
  };
}

/** As if the tool's own answer to a lost retry had been "no". */
function retryBlindly(remote: Remote): Remote {
  let times = 0;
  if (!remote.retry) return remote;
  return {
    ...remote,
    async retry(request, signal) {
      times += 1;
      return (await remote.retry?.({ ...request, key: `${request.key}-${times}` }, signal)) ?? fail();
    },
  };
}

function hearNoDoubt(remote: Remote, act: "cancel" | "retry"): Remote {
  if (!remote[act]) return remote;
  const certain = (error: unknown) => {
    throw new RemoteError(String(error), { fault: "refused", passing: false });
  };
  if (act === "cancel")
    return { ...remote, cancel: async (run, reason, signal) => remote.cancel?.(run, reason, signal).catch(certain) };
  return {
    ...remote,
    retry: async (request, signal) => (await remote.retry?.(request, signal).catch(certain)) ?? fail(),
  };
}

function fail(): never {
  throw new Error("a mutant lost the method it spoils");
}

const deaf = new AbortController().signal;

const ANOTHER_HOUR_MS = 3_600_000;

export const MUTANTS: readonly Mutant[] = [
  {
    mistake: "drops the second page of jobs",
    caughtBy: "jobs: are listed to the last, over several pages",
    spoil: (remote) => ({ ...remote, jobs: (signal) => dropSecond(remote.jobs(signal)) }),
  },
  {
    mistake: "takes a broken page for the end of the jobs",
    caughtBy: "jobs: are never half a list",
    spoil: (remote) => ({ ...remote, jobs: (signal) => endQuietly(remote.jobs(signal)) }),
  },
  {
    mistake: "takes a broken page for the end of the changes",
    caughtBy: "changed runs: are never half a list",
    spoil: (remote) => ({ ...remote, runs: (since, signal) => endQuietly(remote.runs(since, signal)) }),
  },
  {
    mistake: "asks for changes since a later moment",
    caughtBy: "changed runs: are seen when they change between two passes",
    spoil: (remote) => ({
      ...remote,
      runs: (since, signal) => remote.runs(new Date(since.getTime() + ANOTHER_HOUR_MS), signal),
    }),
  },
  {
    mistake: "takes our clock for the remote's",
    caughtBy: "changed runs: carry the remote's time and not ours",
    spoil: (remote, { now }) => everyRunPage(remote, (page) => ({ ...page, readAt: now() })),
  },
  {
    mistake: "takes a word it does not know for success",
    caughtBy: "foreign words: that nobody knows are unknown, and kept",
    spoil: (remote) =>
      everyRun(remote, (run) => ({ ...run, state: run.state === "unknown" ? "succeeded" : run.state })),
  },
  {
    mistake: "lets the tool's own word through as a state",
    caughtBy: "foreign words: never cross in a run",
    spoil: (remote) => everyRun(remote, (run) => ({ ...run, state: run.native.word as RunState })),
  },
  {
    mistake: "loses a row it cannot read without a word",
    caughtBy: "foreign words: that make no row are set aside, and the rest is kept",
    spoil: (remote) => ({
      ...remote,
      jobs: (signal) => eachPage(remote.jobs(signal), (page) => ({ ...page, rejected: [] })),
    }),
  },
  {
    mistake: "does not hear an abort",
    caughtBy: "an abort: stays an abort, whatever is being asked",
    spoil: (remote) => ({ ...remote, jobs: () => remote.jobs(deaf) }),
  },
  {
    mistake: "takes an abort for an outage",
    caughtBy: "an abort: stays an abort, whatever is being asked",
    spoil: (remote) =>
      jobsFailWith(remote, (error) =>
        isAbort(error) ? new RemoteError("it went away", { fault: "unreachable", passing: true }) : error,
      ),
  },
  {
    mistake: "takes a refusal for an outage",
    caughtBy: "a fault: a 403 is refused",
    spoil: (remote) =>
      jobsFailWith(remote, (error) => new RemoteError(String(error), { fault: "unreachable", passing: true })),
  },
  {
    mistake: "prints its secret in an error",
    caughtBy: "a secret: never shows in an error or a log",
    spoil: (remote, { secrets }) =>
      jobsFailWith(remote, (error) => new Error(`${String(error)} (we sent ${secrets.join()})`)),
  },
  {
    mistake: "observes only the first of many runs",
    caughtBy: "observed runs: all answer, however many are asked",
    spoil: (remote) => ({ ...remote, observe: (runs, signal) => remote.observe(runs.slice(0, 1), signal) }),
  },
  {
    mistake: "takes an unwell remote for one that forgot its runs",
    caughtBy: "observed runs: are not forgotten because the remote is unwell",
    spoil: (remote, { now }) => ({
      ...remote,
      observe: (runs, signal) => remote.observe(runs, signal).catch(() => ({ items: [], rejected: [], readAt: now() })),
    }),
  },
  {
    mistake: "tells the past oldest first",
    caughtBy: "the past: comes newest first",
    spoil: (remote) => ({
      ...remote,
      history: (window, signal) => oldestFirst(remote.history(window, signal)),
    }),
  },
  {
    mistake: "tells only the first page of what is open",
    caughtBy: "open runs: come to the last, and no others",
    spoil: (remote) => ({ ...remote, open: (signal) => onlyFirst(remote.open(signal)) }),
  },
  {
    mistake: "starts anew when it is asked again",
    caughtBy: "a start: asked twice with one key makes one run",
    spoil: forgetKeys,
  },
  {
    mistake: "takes a lost answer for a clear no",
    caughtBy: "a start: whose answer is lost is found by its key",
    spoil: denyDoubt,
  },
  {
    mistake: "takes a lost answer to a cancel for a clear no",
    caughtBy: "an act done again: of cancelling is in doubt when its answer is lost",
    spoil: (remote) => hearNoDoubt(remote, "cancel"),
  },
  {
    mistake: "takes a stumble after a retry for a clear no",
    caughtBy: "an act done again: of retrying is in doubt when the remote stumbles afterwards",
    spoil: (remote) => hearNoDoubt(remote, "retry"),
  },
  {
    mistake: "retries anew when it is asked again",
    caughtBy: "an act done again: of retrying under one key begins one attempt",
    // What has a run of its own for a retry would begin a second one, and what has not would open the first again.
    spoil: retryBlindly,
  },
  {
    mistake: "says it cancelled, and does not",
    caughtBy: "an act: of cancelling ends the run",
    spoil: (remote) => (remote.cancel ? { ...remote, cancel: async () => {} } : remote),
  },
  {
    mistake: "says it paused, and does not",
    caughtBy: "an act: of pausing shows, and so does resuming",
    spoil: (remote) => (remote.pause ? { ...remote, pause: async () => {} } : remote),
  },
  {
    mistake: "reads a log without end",
    caughtBy: "an act: of reading a log keeps to its bound",
    spoil: (remote) =>
      remote.log
        ? {
            ...remote,
            log: async (run, _range, signal) => (await remote.log?.(run, { tail: 65_536 }, signal)) ?? fail(),
          }
        : remote,
  },
];
