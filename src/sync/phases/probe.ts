import { NOW } from "../../store/sync/marks.ts";
import { ask } from "../ask.ts";
import type { Pass } from "../pass.ts";

/** Is it there, which version, what may we not do, and how far apart are the clocks? */
export async function probe(pass: Pass): Promise<void> {
  const { remote, change, asking } = pass;
  const found = await ask(asking, (signal) => remote.probe(signal));
  pass.skewMs = found.clockSkewMs ?? 0;
  Object.assign(change, {
    version: found.version,
    missing_rights: [...found.missingRights],
    troubles: [...found.troubles],
    clock_skew_ms: found.clockSkewMs,
    probed_at: NOW,
  });
}
