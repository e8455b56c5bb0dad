/** One connected Airflow: the questions of the contract, asked in the dialect of the server. */
import type { Host, Remote } from "../../src/adapter/contract.ts";
import { isFault, onFault } from "../../src/adapter/remote-error.ts";
import { listDags, listRuns } from "./client.ts";
import type { AirflowConfig } from "./config.ts";
import type { Dialect } from "./dialect.ts";
import { changesSince, openRuns, type Question, runsBetween } from "./feed.ts";
import { collectImportErrors } from "./import-errors.ts";
import { observe } from "./observe.ts";
import { jobPage, mergeRuns, runPage } from "./pages.ts";
import { probe } from "./probe.ts";
import { openSession, type Session, type Talk } from "./session.ts";

export function openRemote(config: AirflowConfig, host: Host): Remote {
  const session = openSession(config, host);

  const readRuns = (signal: AbortSignal, ask: (dialect: Dialect) => readonly Question[]) =>
    inItsDialect(session, signal, async function* (talk) {
      for (const question of ask(talk.dialect)) {
        for await (const chunk of listRuns(talk, question)) yield runPage(chunk, siteOf(talk));
      }
    });

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
      const ask = async (talk: Talk) => mergeRuns(await observe(session, talk, runs), siteOf(talk));
      const talk = await session.talk(signal);
      return ask(talk).catch(onFault("missing", async (error) => ask(await session.begunAnew(talk, error))));
    },

    async close() {
      session.close();
    },
  };
}

function siteOf({ root, dialect }: Talk) {
  return { root, api: dialect.api };
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
