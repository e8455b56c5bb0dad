/**
 * An answer that goes on: a watch, a log that is followed.
 *
 * Three ways to end, and no fourth: the remote ends it, somebody aborts, or no byte came for too long. The last is our
 * own timer's word, for a connection that a load balancer forgot stays open on our side for ever.
 */
import { validateHeaderValue } from "node:http";
import type { Readable } from "node:stream";
import type { AxiosInstance } from "axios";
import { printDuration } from "../../lib/duration.ts";
import { abortOf } from "../abort.ts";
import { RemoteError } from "../remote-error.ts";
import { networkFault } from "./network-fault.ts";
import { readBody } from "./read-body.ts";
import { type Answer, plainHeaders, type Question, REFUSAL_BYTES, startDeadline, tooSlow } from "./send.ts";

type Headers = Readonly<Record<string, string>>;

export type Opened =
  | { readonly going: true; readonly status: number; readonly headers: Headers; readonly body: Readable }
  | { readonly going: false; readonly status: number; readonly answer: Answer };

/** Resolves with the head of the answer, and with all of it when it says no. */
export async function openStream(client: AxiosInstance, question: Question, asked: string): Promise<Opened> {
  const { signal, timeoutMs } = question;
  if (signal.aborted) throw abortOf(signal);
  const deadline = startDeadline(signal, timeoutMs);
  try {
    return await open(client, question, deadline.signal);
  } catch (error) {
    if (signal.aborted) throw abortOf(signal);
    if (deadline.passed()) throw tooSlow(asked, timeoutMs);
    throw networkFault(asked, error);
  } finally {
    deadline.clear();
  }
}

async function open(client: AxiosInstance, { url, headers }: Question, signal: AbortSignal): Promise<Opened> {
  for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
  const reply = await client.request<Readable>({
    method: "GET",
    url: url.href,
    // A compressor would hold lines back until it has enough of them.
    headers: { "accept-encoding": "identity", "content-type": false, ...headers },
    signal,
  });
  const { status, data } = reply;
  const answered = plainHeaders(reply.headers);
  if (status >= 200 && status < 300) return { going: true, status, headers: answered, body: data };
  const read = await readBody(data, answered["content-encoding"], REFUSAL_BYTES, signal);
  return { going: false, status, answer: { status, headers: answered, ...read } };
}

export interface LineOptions {
  readonly signal: AbortSignal;
  readonly idleMs: number;
  readonly maxLineBytes?: number;
  readonly asked: string;
}

// One object of Kubernetes is at most 1.5 MB in its store, and grows when it is written as JSON.
const MAX_LINE_BYTES = 4 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Each line without its end; what stands behind the last one is a line as well. */
export async function* readLines(body: Readable, options: LineOptions): AsyncGenerator<string> {
  const guard = watchOver(body, options);
  const { maxLineBytes = MAX_LINE_BYTES, asked } = options;
  let rest: Buffer[] = [];
  let held = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      guard.heard();
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        // Cut as bytes and decoded as lines: a character may arrive in halves.
        if (held + at - from > maxLineBytes) throw tooLong(asked, maxLineBytes);
        yield Buffer.concat([...rest, chunk.subarray(from, at)]).toString("utf8");
        guard.heard();
        [rest, held, from] = [[], 0, at + 1];
      }
      if (from === chunk.length) continue;
      rest.push(chunk.subarray(from));
      held += chunk.length - from;
      if (held > maxLineBytes) throw tooLong(asked, maxLineBytes);
    }
    if (options.signal.aborted) throw abortOf(options.signal);
    if (held > 0) yield Buffer.concat(rest).toString("utf8");
  } catch (error) {
    throw guard.reasonFor(error);
  } finally {
    guard.leave();
    body.destroy();
  }
}

export async function* noLines(): AsyncGenerator<string> {}

interface Guard {
  heard(): void;
  reasonFor(error: unknown): unknown;
  leave(): void;
}

function watchOver(body: Readable, { signal, idleMs, asked }: LineOptions): Guard {
  let silent = false;
  const timer = setTimeout(() => {
    silent = true;
    body.destroy(new Error("silent"));
  }, idleMs);
  const abort = () => void body.destroy(abortOf(signal));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return {
    heard: () => void timer.refresh(),
    reasonFor(error) {
      if (signal.aborted) return abortOf(signal);
      if (silent) return wentSilent(asked, idleMs);
      return error instanceof RemoteError ? error : networkFault(asked, error);
    },
    leave() {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    },
  };
}

function wentSilent(asked: string, idleMs: number): RemoteError {
  return new RemoteError(`${asked} went silent: no byte for ${printDuration(idleMs)}`, {
    fault: "unreachable",
    passing: true,
  });
}

function tooLong(asked: string, bytes: number): RemoteError {
  return new RemoteError(`${asked} sent a line of more than ${bytes} bytes`, { fault: "malformed", passing: true });
}
