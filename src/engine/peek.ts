/** What a tool shows of a run when somebody looks: its log, its outputs, its parts. Asked on demand, kept nowhere. */
import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import type { Remote, RunPart } from "../adapter/contract.ts";
import type { Redactor } from "../adapter/redaction.ts";
import { RemoteError } from "../adapter/remote-error.ts";
import type { ForeignRunRef } from "../model/foreign.ts";
import type { Json } from "../model/json.ts";
import { ActionError, readingError } from "./action-error.ts";
import { askWithin } from "./ask.ts";
import type { Line, Remotes } from "./remotes.ts";

export interface PeekedRun extends ForeignRunRef {
  readonly sourceId: number;
}

export interface Peek {
  /** At most this many bytes from its end. */
  log(run: PeekedRun, tailBytes: number): Promise<{ readonly text: string; readonly cut: boolean }>;
  outputs(run: PeekedRun): Promise<Json>;
  parts(run: PeekedRun): Promise<readonly RunPart[]>;
}

export const LOG_BYTES = 1_048_576;
const OUTPUT_BYTES = 262_144;
const MOST_PARTS = 1_000;
const WITHIN_MS = 10_000;
/** Of one source, however many look. The rest waits, and past this says so. */
const AT_ONCE = 4;
const MOST_WAITING = 100;

export function createPeek(remotes: Remotes): Peek {
  const queues = new Map<number, PQueue>();
  const never = new AbortController().signal;
  setMaxListeners(0, never);

  async function look<T>(
    run: PeekedRun,
    what: keyof Remote & ("log" | "outputs" | "parts"),
    question: (line: Line, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const line = await remotes.of(run.sourceId);
    if (!line) throw new ActionError("NOT_FOUND", "its source was removed");
    const { source, adapter, remote, redactor } = line;
    if (!remote[what])
      throw new ActionError("INVALID", `${source.name} shows no ${what}: ${adapter.title} offers none`);
    const queue = queueOf(run.sourceId);
    if (queue.size >= MOST_WAITING)
      throw new ActionError(
        "SOURCE_UNREACHABLE",
        `${queue.size} questions to ${source.name} wait already; ask for less at once`,
      );
    try {
      return await queue.add(() => askWithin(WITHIN_MS, never, (signal) => question(line, signal)));
    } catch (error) {
      throw error instanceof RemoteError ? readingError(error, redactor.redact(error.message)) : error;
    }
  }

  function queueOf(sourceId: number): PQueue {
    const queue = queues.get(sourceId) ?? new PQueue({ concurrency: AT_ONCE });
    queues.set(sourceId, queue);
    return queue;
  }

  return {
    log: (run, tailBytes) =>
      look(run, "log", async ({ remote, redactor, source }, signal) => {
        const tail = Math.min(tailBytes, LOG_BYTES);
        const log = await remote.log?.(run, { tail }, signal);
        if (!log || log.missing !== null)
          throw new ActionError(
            "NOT_FOUND",
            `${source.name} has no log of this run: ${log?.missing ?? "it says nothing"}`,
          );
        const text = Buffer.from(log.text, "utf8");
        const cut = text.length > tail;
        return { text: redactor.redact(cut ? endOf(text, tail) : log.text), cut: cut || log.cut };
      }),

    outputs: (run) =>
      look(run, "outputs", async ({ remote, redactor }, signal) => {
        const outputs = (await remote.outputs?.(run, signal)) ?? null;
        const bytes = Buffer.byteLength(JSON.stringify(outputs));
        if (bytes > OUTPUT_BYTES) return { leftOut: `${bytes} bytes; at most ${OUTPUT_BYTES} are shown` };
        return redacted(outputs, redactor);
      }),

    parts: (run) =>
      look(run, "parts", async ({ remote }, signal) =>
        ((await remote.parts?.(run, signal)) ?? []).slice(0, MOST_PARTS),
      ),
  };
}

/** Not in the middle of a character. */
function endOf(text: Buffer, bytes: number): string {
  let from = text.length - bytes;
  while (from < text.length && ((text[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return text.subarray(from).toString("utf8");
}

function redacted(value: Json, redactor: Redactor): Json {
  if (typeof value === "string") return redactor.redact(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => redacted(one, redactor));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, redacted(one, redactor)]));
}
