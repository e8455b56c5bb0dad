import { askPages } from "../ask.ts";
import { keep } from "../keep.ts";
import { type Pass, remoteNow } from "../pass.ts";

/** All runs that changed since the watermark, which moves only with the end of the pass. */
export async function readChanges(pass: Pass): Promise<void> {
  const { remote, marks, settings, change, asking } = pass;
  const { overlapMs } = settings;
  const since = marks.watermark ?? new Date(remoteNow(pass).getTime() - overlapMs);
  const timed = { ...asking, onAnswer: (tookMs: number) => void (pass.latencyMs = Math.max(pass.latencyMs, tookMs)) };
  let firstReadAt: Date | null = null;
  for await (const page of askPages(timed, (signal) => remote.runs(since, signal))) {
    // The first page's time: what changes while we read on lies after it, and is read again.
    firstReadAt ??= page.readAt;
    await keep(pass, page);
  }
  // It may move back: a remote whose clock was put right would else be asked for its future.
  if (firstReadAt) change.watermark = new Date(firstReadAt.getTime() - overlapMs);
}
