/** A look at runs that the remote says have changed: the present state of each, and nothing else of the source. */
import { RemoteError } from "../adapter/remote-error.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import { AdapterBug } from "./ask.ts";
import { observeRuns } from "./observe-runs.ts";
import { askingOf, type SyncContext } from "./pass.ts";

/** Whether the remote answered. Throws `Fenced`, an abort, or an error of the database, as a pass does. */
export async function lookAt(context: SyncContext, runs: readonly ForeignRunRef[]): Promise<boolean> {
  const { db, lease, source, metrics, remote, log } = context;
  try {
    await observeRuns({ db, lease, source, metrics, remote, asking: askingOf(context), changed: 0 }, runs);
    return true;
  } catch (error) {
    if (!(error instanceof RemoteError || error instanceof AdapterBug)) throw error;
    log.debug({ err: error }, "runs that were hinted at could not be looked at");
    return false;
  }
}
