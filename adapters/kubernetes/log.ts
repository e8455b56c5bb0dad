/**
 * The end of one container's log.
 *
 * The API counts from the end in lines only, and its own bound on bytes keeps the beginning. So we ask for as many lines
 * as are likely to be enough, with a bound; when the bound was hit, the end was cut off, and fewer lines are asked for.
 */
import type { LogText } from "../../src/adapter/contract.ts";
import { pathOf } from "./client.ts";
import { statusBody } from "./rows.ts";
import type { PodRow } from "./rows.ts";
import type { Talk } from "./session.ts";

/** Of a line, on average; short lines only make us ask for more of them than fit. */
const LINE_BYTES = 40;
const MOST_LINES = 20_000;
/** Room for lines that are longer than we thought. */
const SLACK = 4;
const LEAST_BOUND = 16 * 1024;
const MOST_BOUND = 8 * 1024 * 1024;

export async function readContainerLog(talk: Talk, pod: PodRow, container: string, tail: number): Promise<LogText> {
  const previous = isBetweenAttempts(pod, container);
  const bound = Math.min(MOST_BOUND, Math.max(LEAST_BOUND, tail * SLACK));
  let lines = Math.min(MOST_LINES, Math.ceil(tail / LINE_BYTES) + 1);
  for (;;) {
    const read = await ask(talk, pod, { container, previous, tailLines: lines, limitBytes: bound });
    if (read.missing !== null) return read;
    const bytes = Buffer.from(read.text);
    // Cut at the end by the bound: with one line left, its beginning is all that can be had.
    if (bytes.length < bound || lines === 1) return ending(read.text, bytes, tail, lines);
    lines = Math.max(1, Math.floor(lines / SLACK));
  }
}

function ending(text: string, bytes: Buffer, tail: number, lines: number): LogText {
  if (bytes.length > tail) return { text: lastBytes(bytes, tail), cut: true, missing: null };
  // As many lines as we asked for: there may be more before them.
  return { text, cut: text.split("\n").length - 1 >= lines, missing: null };
}

/** A container that waits for its next attempt has no log of its own yet; the attempt before it has. */
function isBetweenAttempts({ status }: PodRow, container: string): boolean {
  const found = status?.containerStatuses.find(({ name }) => name === container);
  return Boolean(found?.state?.waiting && found.lastState?.terminated);
}

interface LogQuestion {
  readonly container: string;
  readonly previous: boolean;
  readonly tailLines: number;
  readonly limitBytes: number;
}

async function ask({ http, signal }: Talk, { metadata }: PodRow, question: LogQuestion): Promise<LogText> {
  const reply = await http.get(`${pathOf("pods", metadata.namespace, metadata.name)}/log`, {
    signal,
    as: "text",
    accept: [400, 404],
    query: { ...question, previous: question.previous || null },
    maxBytes: question.limitBytes + 1024,
  });
  if (reply.status === 200)
    return { text: typeof reply.body === "string" ? reply.body : "", cut: false, missing: null };
  const said = statusBody.safeParse(reply.body).data?.message;
  const reason = said ?? (reply.status === 404 ? "the pod is gone" : "there is no log yet");
  return { text: "", cut: false, missing: reason };
}

/** Not in the middle of a character. */
export function lastBytes(bytes: Buffer, most: number): string {
  let from = Math.max(0, bytes.length - most);
  while (from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.subarray(from).toString("utf8");
}
