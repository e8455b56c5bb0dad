/** What is asked of the tools while a question is answered: each run once, and no question more than it may. */
import DataLoader from "dataloader";
import type { RunPart } from "../../adapter/contract.ts";
import { LOG_BYTES, type Peek, type PeekedRun } from "../../engine/peek.ts";
import type { Json } from "../../model/json.ts";
import { ApiError } from "./api-error.ts";

export interface Peeks {
  /** The end of its log, as much as one answer holds. */
  readonly log: DataLoader<PeekedRun, string, string>;
  readonly outputs: DataLoader<PeekedRun, Json, string>;
  readonly parts: DataLoader<PeekedRun, readonly RunPart[], string>;
}

/** Each is a request to a tool, made while somebody waits. */
const MOST_RUNS = 50;
/** Of one question, over all its runs. */
const LOG_BYTES_IN_ALL = 4 * LOG_BYTES;

export function createPeeks(peek: Peek, remember: boolean): Peeks {
  function loader<T>(look: (run: PeekedRun, of: number) => Promise<T>): DataLoader<PeekedRun, T, string> {
    const cacheKeyFn = ({ sourceId, jobId, runId }: PeekedRun) => JSON.stringify([sourceId, jobId, runId]);
    return new DataLoader((runs) => lookAtAll(runs, look), { cache: remember, cacheKeyFn });
  }
  return {
    log: loader(async (run, of) => (await peek.log(run, Math.min(LOG_BYTES, Math.floor(LOG_BYTES_IN_ALL / of)))).text),
    outputs: loader((run) => peek.outputs(run)),
    parts: loader((run) => peek.parts(run)),
  };
}

/** One that fails costs the others nothing. */
function lookAtAll<T>(
  runs: readonly PeekedRun[],
  look: (run: PeekedRun, of: number) => Promise<T>,
): Promise<(T | Error)[]> {
  if (runs.length > MOST_RUNS) {
    const tooMany = `${runs.length} runs would be asked of their tools; ask for ${MOST_RUNS} at once at most`;
    return Promise.resolve(runs.map(() => new ApiError("TOO_EXPENSIVE", tooMany)));
  }
  return Promise.all(runs.map((run) => look(run, runs.length).catch((error: unknown) => error as Error)));
}
