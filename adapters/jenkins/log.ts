/**
 * The end of a build's log.
 *
 * Jenkins reads a log forward only, from a byte of its raw file, notes included that no reader sees: an offset is never
 * computed from text that came. A start behind the end is taken for 0 and sends everything. So we read from the front;
 * what is longer than one answer may be is asked for from farther on.
 */
import type { LogText } from "../../src/adapter/contract.ts";
import { isFault, onFault } from "../../src/adapter/remote-error.ts";
import type { HttpReply } from "../../src/adapter/http/http.ts";
import type { ForeignRunRef } from "../../src/model/foreign.ts";
import { buildOf } from "./cancel.ts";
import { buildPath } from "./names.ts";
import type { Asking } from "./observe.ts";

export interface LogLimits {
  /** Of one answer. */
  readonly stepBytes: number;
  /** Past this we say so and leave it to Jenkins itself to show it. */
  readonly mostBytes: number;
}

const MEGABYTE = 1024 * 1024;
const LIMITS: LogLimits = { stepBytes: 16 * MEGABYTE, mostBytes: 256 * MEGABYTE };

export async function readTail(
  asking: Asking,
  run: ForeignRunRef,
  tailBytes: number,
  limits = LIMITS,
): Promise<LogText> {
  const build = await buildOf(asking, run);
  if (build === null) return none("it waits in the queue and has no log yet");
  for (let from = 0; from < limits.mostBytes; from += limits.stepBytes) {
    const reply = await readFrom(asking, `${buildPath(run.jobId, build.number)}/logText/progressiveText`, from, limits);
    if (reply === "longer") continue;
    if (reply === null) return none("Jenkins keeps the build and no longer its log");
    return cutTail(textIn(reply, from), tailBytes, from > 0 && !startedOver(reply, from));
  }
  return none(`its log is longer than ${limits.mostBytes / MEGABYTE} MB; open it in Jenkins`);
}

async function readFrom({ jenkins, signal }: Asking, path: string, from: number, { stepBytes }: LogLimits) {
  const request = { signal, as: "text", query: { start: from }, maxBytes: stepBytes } as const;
  return jenkins
    .get(path, request)
    .catch(onFault("missing", () => null))
    .catch((error: unknown) => {
      // The boundary stops reading at the limit, and its connection is cut there.
      if (isFault(error, "malformed") && error.message.includes("larger than we read")) return "longer" as const;
      throw error;
    });
}

function textIn({ body }: HttpReply, from: number): string {
  const text = typeof body === "string" ? body : "";
  // Asked for from the middle, it begins in the middle: of a line, of a character, or of a hidden note.
  return from === 0 ? text : text.slice(text.indexOf("\n") + 1);
}

/** `X-Text-Size` is where the log ends. Before our start, it shrank or ends there, and we were sent it from its beginning. */
function startedOver({ headers }: HttpReply, from: number): boolean {
  return Number(headers["x-text-size"] ?? 0) < from;
}

function cutTail(text: string, tailBytes: number, before: boolean): LogText {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= tailBytes) return { text, cut: before, missing: null };
  let from = bytes.length - tailBytes;
  // Not in the middle of a character.
  while (from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return { text: bytes.subarray(from).toString("utf8"), cut: true, missing: null };
}

function none(missing: string): LogText {
  return { text: "", cut: false, missing };
}
