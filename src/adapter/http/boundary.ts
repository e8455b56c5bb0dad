/** The one way out to a source. Every failure leaves here as a `RemoteError`, every abort as an abort. */
import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import type { Clock } from "../../lib/clock.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import { abortOf, isAbort } from "../abort.ts";
import type { Redactor } from "../redaction.ts";
import { RemoteError } from "../remote-error.ts";
import { readBaseUrl, urlBelow } from "./address.ts";
import { createAgents } from "./agents.ts";
import { createClient } from "./client.ts";
import { type Credentials, createCredentials } from "./credentials.ts";
import { type Gate, pause } from "./gate.ts";
import type { Http, HttpOptions, HttpReply, HttpRequest } from "./http.ts";
import { judge } from "./judge.ts";
import type { Limits } from "./limits.ts";
import { waitBeforeRepeat } from "./repeat.ts";
import { printQuestion, type Question, send } from "./send.ts";
import { currentSendCheck } from "./send-window.ts";

export interface HttpDeps {
  readonly source: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  readonly limits: Limits;
  readonly gate: Gate;
}

export function createHttp(options: HttpOptions, deps: HttpDeps): Http {
  const { clock, redactor, gate } = deps;
  const limits = { ...deps.limits, ...withoutGaps(options) };
  const base = readBaseUrl(options.baseUrl);
  const agents = createAgents({ sockets: limits.concurrency, ca: options.ca });
  const client = createClient(agents);
  const slots = new PQueue({ concurrency: limits.concurrency });
  for (const codeClass of CODE_CLASSES)
    deps.metrics.sourceRequests.inc({ source: deps.source, code_class: codeClass }, 0);
  const credentials = createCredentials(options.authorize, { redactor, timeoutMs: limits.timeoutMs });

  async function ask(method: Question["method"], path: string, body: unknown, request: HttpRequest) {
    const question: Question = {
      method,
      url: urlBelow(base, path, request.query),
      headers: headersOf(request, body),
      body: encode(body, request),
      signal: request.signal,
      timeoutMs: Math.min(request.timeoutMs ?? limits.timeoutMs, limits.longestTimeoutMs),
      maxBytes: Math.min(request.maxBytes ?? limits.maxBytes, limits.mostBytes),
      keep: request.keep ?? "all",
      // Looking does no harm at any time, and neither does a token.
      beforeSend: method === "GET" || request.anonymous ? null : currentSendCheck(),
    };
    // One pass of a sync is one signal for hundreds of requests; that is no leak.
    setMaxListeners(0, request.signal);
    const repeats = request.repeat ?? method === "GET";
    const startedMs = clock.monotonicMs();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await askAuthorized(question, request, credentials);
      } catch (error) {
        const waitMs = repeats ? waitBeforeRepeat(error, attempt, limits) : null;
        // A remote that hangs has used up the time of its request already; asking on would only triple it.
        const late = waitMs !== null && clock.monotonicMs() - startedMs + waitMs > question.timeoutMs;
        if (waitMs === null || late) throw error;
        await pause(waitMs, request.signal);
      }
    }
  }

  /** A 401 may only mean that a token has aged: it is renewed once, and the question asked once more. */
  async function askAuthorized(question: Question, request: HttpRequest, held: Credentials): Promise<HttpReply> {
    if (request.anonymous) return askOnce(question, request);
    const first = await held.headers(request.signal);
    try {
      return await askOnce(withHeaders(question, first.headers), request);
    } catch (error) {
      const aged = error instanceof RemoteError && error.status === 401;
      if (!aged || !(await held.renew(first.edition, request.signal))) throw error;
      const second = await held.headers(request.signal);
      return askOnce(withHeaders(question, second.headers), request);
    }
  }

  async function askOnce(question: Question, request: HttpRequest): Promise<HttpReply> {
    const exchange = async () => {
      const asked = redactor.redact(printQuestion(question));
      // Before and not after: where the remote tells no time, what changed while it answered must not be skipped.
      const now = clock.now();
      const answer = await counted(() => send(client, question, asked), deps);
      return judge(answer, { asked, request, reads: question.method === "GET", now, redact: redactor.redact });
    };
    const { signal } = request;
    return slots
      .add(() => gate.pass(signal, exchange), { signal })
      .catch((error: unknown) => {
        // A queue rejects with whatever reason the signal's owner gave.
        throw signal.aborted ? abortOf(signal) : error;
      });
  }

  return {
    get: (path, request) => ask("GET", path, null, request),
    post: (path, body, request) => ask("POST", path, body, request),
    patch: (path, body, request) => ask("PATCH", path, body, request),
    delete: (path, request) => ask("DELETE", path, null, request),
    close: () => agents.close(),
  };
}

function encode(body: unknown, { headers }: HttpRequest): string | null {
  if (body === undefined || body === null) return null;
  const type = lowerCased(headers ?? {})["content-type"];
  return typeof body === "string" && type !== undefined ? body : JSON.stringify(body);
}

function headersOf(request: HttpRequest, body: unknown): Record<string, string> {
  return {
    accept: request.as === "text" ? "text/plain, */*;q=0.1" : "application/json",
    ...(body === undefined || body === null ? {} : { "content-type": "application/json" }),
    ...lowerCased(request.headers ?? {}),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function withHeaders(question: Question, headers: Readonly<Record<string, string>>): Question {
  return { ...question, headers: { ...question.headers, ...lowerCased(headers) } };
}

/** Shown from the start: a rate over a series that begins with its first failure would not see it. */
const CODE_CLASSES = ["2xx", "3xx", "4xx", "5xx", "none", "aborted"];

async function counted<T extends { readonly status: number }>(
  ask: () => Promise<T>,
  { source, metrics }: HttpDeps,
): Promise<T> {
  const count = (codeClass: string) => metrics.sourceRequests.inc({ source, code_class: codeClass });
  try {
    const answer = await ask();
    count(`${Math.floor(answer.status / 100)}xx`);
    return answer;
  } catch (error) {
    count(isAbort(error) ? "aborted" : "none");
    throw error;
  }
}

function withoutGaps({ concurrency, timeoutMs, maxBytes }: HttpOptions): Partial<Limits> {
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}
