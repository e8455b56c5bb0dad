/**
 * Subscriptions as server-sent events, for proxies that cut WebSockets: the "distinct connections" mode of the GraphQL
 * over SSE protocol. One stream, one question. The next event is asked for when the last one has left, so what a slow
 * reader costs is one message and the feed's few places.
 */
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ExecutionResult, execute, getOperationAST, OperationTypeNode, subscribe } from "graphql";
import type { Clock } from "../../lib/clock.ts";
import { proofOf } from "../access/authenticator.ts";
import type { Authenticator } from "../access/authenticator.ts";
import { ApiContext, type ContextParts } from "../graphql/context.ts";
import type { Question } from "../graphql/engine.ts";
import type { DropReason, ReaderWatch, StreamReader } from "./reader-watch.ts";
import { isRefusal, prepareQuestion, type StreamRules, toPublicResult } from "./stream-question.ts";

/** Keeps proxies from thinking that a quiet stream is a dead one. */
const PING_EVERY_MS = 12_000;

export interface EventStreamsOptions extends ContextParts {
  readonly watch: ReaderWatch;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly rules: StreamRules;
}

export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #open = new Set<EventStream>();

  constructor(options: EventStreamsOptions) {
    this.#options = options;
  }

  /** Takes the connection over from fastify. */
  async open(request: FastifyRequest, reply: FastifyReply, question: Question): Promise<void> {
    const { authenticator, clock, watch } = this.#options;
    const secret = proofOf(request.headers)?.secret ?? "";
    const { principal } = request;
    if (!principal) return;
    reply.hijack();
    const stream = new EventStream(reply.raw, clock, async () => (await authenticator.principalOf(secret)) !== null);
    this.#open.add(stream);
    watch.add(stream);
    const context = new ApiContext(principal, this.#options, "subscription");
    try {
      const toPublic = (answer: ExecutionResult) => toPublicResult(answer, this.#options.rules);
      await stream.send(await this.#answersTo(question, context), toPublic);
    } finally {
      watch.remove(stream);
      this.#open.delete(stream);
    }
  }

  stop(): void {
    for (const stream of this.#open) stream.end();
  }

  async #answersTo(question: Question, context: ApiContext): Promise<AsyncGenerator<ExecutionResult>> {
    const prepared = prepareQuestion(question, context, this.#options.rules);
    if (isRefusal(prepared)) return once({ errors: prepared });
    const { operation } = getOperationAST(prepared.document, prepared.operationName) ?? {};
    const answers = await (operation === OperationTypeNode.SUBSCRIPTION ? subscribe(prepared) : execute(prepared));
    return Symbol.asyncIterator in answers ? answers : once(answers);
  }
}

async function* once(answer: ExecutionResult): AsyncGenerator<ExecutionResult> {
  yield answer;
}

class EventStream implements StreamReader {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly allowed: () => Promise<boolean>;
  #sendingSinceMs: number | null = null;
  #release: () => void = () => undefined;

  constructor(response: ServerResponse, clock: Clock, allowed: () => Promise<boolean>) {
    this.#response = response;
    this.#clock = clock;
    this.allowed = allowed;
  }

  async send(
    answers: AsyncGenerator<ExecutionResult>,
    toPublic: (answer: ExecutionResult) => ExecutionResult,
  ): Promise<void> {
    this.#response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-content-type-options": "nosniff",
      "x-accel-buffering": "no",
    });
    // Some browsers open the stream with the first byte only.
    this.#response.write(":\n\n");
    const ping = setInterval(() => this.#sendingSinceMs ?? this.#response.write(":\n\n"), PING_EVERY_MS).unref();
    // The iterator of `subscribe` itself: a generator around it would keep its reader until the next event.
    this.#response.once("close", () => {
      void answers.return(undefined);
      this.#release();
    });
    try {
      for await (const answer of answers)
        await this.#write(`event: next\ndata: ${JSON.stringify(toPublic(answer))}\n\n`);
      await this.#write("event: complete\ndata:\n\n");
    } finally {
      clearInterval(ping);
      this.#response.end();
    }
  }

  sendingSinceMs(): number | null {
    return this.#sendingSinceMs;
  }

  bufferedBytes(): number {
    return this.#response.writableLength;
  }

  drop(_why: DropReason): void {
    this.#response.destroy();
  }

  end(): void {
    this.#response.end();
  }

  /** Returns when the message has left, or the connection has. */
  async #write(text: string): Promise<void> {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#sendingSinceMs = this.#clock.monotonicMs();
    // A race with a promise that outlives thousands of messages would keep a reaction of each.
    await new Promise<void>((resolve) => {
      this.#release = resolve;
      this.#response.write(text, () => resolve());
    });
    this.#sendingSinceMs = null;
  }
}
