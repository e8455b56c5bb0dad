/** One connected Jenkins: the questions of the contract, each answered by a file of its own. */
import { capabilitiesOf, type Host, type Remote } from "../../src/adapter/contract.ts";
import { cancel, createLadder } from "./cancel.ts";
import { changesSince, openRuns, type Reading } from "./changes.ts";
import { openJenkins } from "./client.ts";
import { type JenkinsConfig, rootOf } from "./config.ts";
import { find } from "./find.ts";
import { listGates } from "./gates.ts";
import { createShelf, lookBack } from "./history.ts";
import { listForeignJobs } from "./jobs.ts";
import { listLinks } from "./links.ts";
import { readTail } from "./log.ts";
import { createMemory } from "./memory.ts";
import { jobPath } from "./names.ts";
import { type Asking, observe } from "./observe.ts";
import { readOutputs } from "./outputs.ts";
import { readParts } from "./parts.ts";
import { probe } from "./probe.ts";
import { retry } from "./retry.ts";
import { start } from "./start.ts";
import type { Site } from "./translate.ts";
import { createTriggerReader } from "./triggers.ts";

export function openRemote(config: JenkinsConfig, host: Host): Remote {
  const jenkins = openJenkins(config, host);
  const site: Site = { root: rootOf(config), keyParameter: config.keyParameter, unstable: config.unstable };
  const [memory, shelf, ladder, triggers] = [
    createMemory(),
    createShelf(),
    createLadder(),
    createTriggerReader(jenkins),
  ];
  const asking = (signal: AbortSignal): Asking => ({ jenkins, site, signal });
  const reading = (signal: AbortSignal): Reading => ({ ...asking(signal), memory });

  const remote: Remote = {
    probe: (signal) => probe(jenkins, signal),
    jobs: (signal) => listForeignJobs({ jenkins, site, triggers, capabilities: capabilitiesOf(remote), signal }),
    runs: (since, signal) => changesSince(reading(signal), since),
    open: (signal) => openRuns(reading(signal)),
    history: (window, signal) => lookBack({ ...asking(signal), shelf }, window),
    async observe(runs, signal) {
      return runs.length === 0 ? { items: [], rejected: [], readAt: host.now() } : observe(asking(signal), runs);
    },

    start: (request, signal) => start(asking(signal), request),
    find: (request, signal) => find(asking(signal), request),
    cancel: (run, _reason, signal) => cancel(asking(signal), ladder, run),
    retry: (request, signal) => retry(asking(signal), request),
    async pause(jobId, signal) {
      await jenkins.act(`${jobPath(jobId)}/disable`, {}, signal);
    },
    async resume(jobId, signal) {
      await jenkins.act(`${jobPath(jobId)}/enable`, {}, signal);
    },

    log: (run, { tail }, signal) => readTail(asking(signal), run, tail),
    outputs: (run, signal) => readOutputs(asking(signal), run),
    parts: (run, signal) => readParts(asking(signal), run),
    gates: (signal) => listGates(asking(signal)),
    links: (signal) => listLinks(jenkins, triggers, signal),

    async close() {
      shelf.clear();
      jenkins.close();
    },
  };
  return remote;
}
