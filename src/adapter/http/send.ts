/** One request, one answer, one deadline. */
import { validateHeaderValue } from "node:http";
import type { Readable } from "node:stream";
import type { AxiosInstance } from "axios";
import { printDuration } from "../../lib/duration.ts";
import { abortOf } from "../abort.ts";
import { RemoteError } from "../remote-error.ts";
import { networkFault } from "./network-fault.ts";
import { ACCEPT_ENCODING, type Body, readBody } from "./read-body.ts";

export interface Question {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly keep: "all" | "end";
  /** Called right before the bytes leave; throws when they must not. */
  readonly beforeSend: (() => void) | null;
}

export interface Answer extends Body {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

// Of an answer that says no, the beginning is enough for whoever reads why.
const REFUSAL_BYTES = 16_384;

/** How a request is called in messages: without its query, where some tools want their keys. */
export function printQuestion({ method, url }: Pick<Question, "method" | "url">): string {
  return `${method} ${url.origin}${url.pathname}`;
}

/** `asked` is how messages call the question. */
export async function send(client: AxiosInstance, question: Question, asked: string): Promise<Answer> {
  const { signal, timeoutMs } = question;
  if (signal.aborted) throw abortOf(signal);
  const deadline = startDeadline(signal, timeoutMs);
  try {
    return await exchange(client, question, deadline.signal);
  } catch (error) {
    if (signal.aborted) throw abortOf(signal);
    if (error instanceof RemoteError) throw error;
    if (deadline.passed()) throw tooSlow(asked, timeoutMs);
    throw networkFault(asked, error);
  } finally {
    deadline.clear();
  }
}

async function exchange(client: AxiosInstance, question: Question, signal: AbortSignal): Promise<Answer> {
  const { method, url, body, maxBytes } = question;
  // The client would drop what a header cannot carry, and a secret sent in part is a riddle to whoever reads the 401.
  for (const [name, value] of Object.entries(question.headers)) validateHeaderValue(name, value);
  question.beforeSend?.();
  const reply = await client.request<Readable>({
    method,
    url: url.href,
    data: body ?? undefined,
    // Said aloud that there is none: the client would call an empty body a form.
    headers: { "accept-encoding": ACCEPT_ENCODING, "content-type": false, ...question.headers },
    signal,
  });
  const headers = plainHeaders(reply.headers);
  const [limit, keep] =
    reply.status < 300 ? ([maxBytes, question.keep] as const) : ([Math.min(maxBytes, REFUSAL_BYTES), "all"] as const);
  const read = await readBody(reply.data, headers["content-encoding"], limit, signal, keep);
  return { status: reply.status, headers, ...read };
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

interface Deadline {
  readonly signal: AbortSignal;
  passed(): boolean;
  clear(): void;
}

/**
 * Absolute, for Node's own request timeout is for idle sockets: a byte every 100 ms would keep it quiet for ever.
 * Our own timer rather than `AbortSignal.any`, which leaves a trace on a long-lived signal for every request.
 */
function startDeadline(outer: AbortSignal, timeoutMs: number): Deadline {
  const controller = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = true;
    controller.abort();
  }, timeoutMs);
  const abort = () => controller.abort();
  outer.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}

function tooSlow(asked: string, timeoutMs: number): RemoteError {
  return new RemoteError(`${asked} got no whole answer within ${printDuration(timeoutMs)}`, {
    fault: "unreachable",
    passing: true,
  });
}
