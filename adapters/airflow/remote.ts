/** One connected Airflow: the questions of the contract, asked in the dialect of the server. */
import type { Host, Remote } from "../../src/adapter/contract.ts";
import { isFault, onFault } from "../../src/adapter/remote-error.ts";
import { patchPaused } from "./calls.ts";
import { cancel } from "./cancel.ts";
import { listDags, listRuns } from "./client.ts";
import type { AirflowConfig } from "./config.ts";
import type { Dialect } from "./dialect.ts";
import { changesSince, openRuns, type Question, runsBetween } from "./feed.ts";
import { collectImportErrors } from "./import-errors.ts";
import { readGates } from "./gates.ts";
import { readLinks } from "./links.ts";
import { readLog } from "./log.ts";
import { find, observe } from "./observe.ts";
import { readOutputs } from "./outputs.ts";
import { jobPage, mergeRuns, runPage } from "./pages.ts";
import { probe } from "./probe.ts";
import { retry } from "./retry.ts";
import { openSession, type Session, type Talk } from "./session.ts";
import { nothingWasSent, start } from "./start.ts";
import { readParts } from "./tasks.ts";
import { siteOf } from "./translate.ts";

export function openRemote(config: AirflowConfig, host: Host): Remote {
  const session = openSession(config, host);

  const readRuns = (signal: AbortSignal, ask: (dialect: Dialect) => readonly Question[]) =>
    inItsDialect(session, signal, async function* (talk) {
      for (const question of ask(talk.dialect)) {
        for await (const chunk of listRuns(talk, question)) yield runPage(chunk, siteOf(talk));
      }
    });

  /** A path that is not there says little until it is known that the server still speaks this dialect. */
  const inOneGo = async <T>(signal: AbortSignal, ask: (talk: Talk) => Promise<T>): Promise<T> => {
    const talk = await session.talk(signal).catch(nothingWasSent);
    return ask(talk).catch(onFault("missing", async (error) => ask(await session.begunAnew(talk, error))));
  };

  return {
    probe: (signal) => probe(session, () => host.now(), signal),

    jobs: (signal) =>
      inItsDialect(session, signal, async function* (talk) {
        const errors = await collectImportErrors(talk);
        for await (const chunk of listDags(talk)) yield jobPage(chunk, siteOf(talk), errors);
      }),

    runs: (since, signal) => readRuns(signal, (dialect) => changesSince(since, dialect)),
    open: (signal) => readRuns(signal, () => [openRuns()]),
    history: ({ from, to }, signal) => readRuns(signal, (dialect) => [runsBetween(from, to, dialect)]),

    async observe(runs, signal) {
      if (runs.length === 0) return { items: [], rejected: [], readAt: host.now() };
      return inOneGo(signal, async (talk) => mergeRuns(await observe(session, talk, runs), siteOf(talk)));
    },

    start: (request, signal) => inOneGo(signal, (talk) => start(talk, request)),
    find: (request, signal) => inOneGo(signal, (talk) => find(session, talk, request)),
    cancel: (run, reason, signal) => inOneGo(signal, (talk) => cancel(talk, run, reason, host.log)),
    retry: (request, signal) => inOneGo(signal, (talk) => retry(talk, request)),
    pause: (jobId, signal) => inOneGo(signal, (talk) => patchPaused(talk, jobId, true)),
    resume: (jobId, signal) => inOneGo(signal, (talk) => patchPaused(talk, jobId, false)),

    log: (run, range, signal) => inOneGo(signal, (talk) => readLog(talk, run, range)),
    outputs: (run, signal) => inOneGo(signal, (talk) => readOutputs(talk, run)),
    parts: (run, signal) => inOneGo(signal, (talk) => readParts(talk, run)),

    gates: (signal) => inItsDialect(session, signal, (talk) => readGates(session, talk)),
    links: (signal) => inItsDialect(session, signal, (talk) => readLinks(session, talk)),

    async close() {
      session.close();
    },
  };
}

/** Reads in the dialect we know, and once more from the beginning when the server turns out to speak another one. */
async function* inItsDialect<T>(
  session: Session,
  signal: AbortSignal,
  read: (talk: Talk) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const talk = await session.talk(signal);
  let answered = false;
  try {
    for await (const page of read(talk)) {
      answered = true;
      yield page;
    }
  } catch (error) {
    if (!isFault(error, "missing")) throw error;
    const anew = await session.begunAnew(talk, error);
    // In the middle of a list nothing can be mended; the next pass begins with the new dialect.
    if (answered) throw error;
    yield* read(anew);
  }
}
