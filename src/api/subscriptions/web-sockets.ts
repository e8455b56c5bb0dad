/**
 * Subscriptions, and queries beside them, over WebSocket in the graphql-transport-ws protocol. What a socket may cost is
 * bounded in every direction: the size of a frame, the number of questions, the time to say hello, the bytes not yet read.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type ExecutionResult, type FormattedExecutionResult, GraphQLError } from "graphql";
import { CloseCode, handleProtocols, makeServer, type Server as ProtocolServer } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Principal } from "../../governance/principal.ts";
import { may } from "../../governance/principal.ts";
import type { Clock } from "../../lib/clock.ts";
import { type Authenticator, proofOf } from "../access/authenticator.ts";
import { isOurHost, isSameOrigin } from "../access/host-guard.ts";
import { ApiContext, type ContextParts } from "../graphql/context.ts";
import type { DropReason, ReaderWatch, StreamReader } from "./reader-watch.ts";
import { isRefusal, prepareQuestion, type StreamRules, toPublicResult } from "./stream-question.ts";

const MAX_FRAME_BYTES = 64 * 1_024;
const MAX_QUESTIONS = 32;
const MAX_SOCKETS = 1_000;
const HELLO_WITHIN_MS = 10_000;
const PING_EVERY_MS = 15_000;

export interface WebSocketsOptions extends ContextParts {
  readonly watch: ReaderWatch;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly hosts: readonly string[] | null;
  readonly rules: StreamRules;
}

interface Extra {
  readonly connection: Connection;
  readonly proof: string | null;
  principal: Principal | null;
}

export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, handleProtocols });
  readonly #protocol: ProtocolServer<Extra>;

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    this.#protocol = this.#speak();
  }

  /** An upgrade passes by fastify's routes and hooks, so it is judged here from the beginning. */
  attach(server: Server): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const refusal = this.#refusalOf(request);
      if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return this.#server.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws, request));
    });
  }

  stop(): void {
    for (const socket of this.#server.clients) socket.close(1001, "Going away");
    // A reader that is stuck reads no goodbye either.
    setTimeout(() => this.#server.clients.forEach((socket) => socket.terminate()), 1_000).unref();
    this.#server.close();
  }

  #refusalOf({ url, headers }: IncomingMessage): string | null {
    if (url !== "/graphql") return "404 Not Found";
    if (!isOurHost(this.#options.hosts, headers)) return "421 Misdirected Request";
    // Browsers let any page open a WebSocket to anywhere, cookies included: only the Origin tells.
    if (!isSameOrigin(headers)) return "403 Forbidden";
    return this.#server.clients.size >= MAX_SOCKETS ? "503 Service Unavailable" : null;
  }

  #welcome(socket: WebSocket, request: IncomingMessage): void {
    const { authenticator, clock, watch } = this.#options;
    const extra: Extra = {
      connection: new Connection(socket, clock, async () => {
        const secret = extra.connection.secret;
        return secret === null || (await authenticator.principalOf(secret)) !== null;
      }),
      proof: proofOf(request.headers)?.secret ?? null,
      principal: null,
    };
    watch.add(extra.connection);
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => extra.connection.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (listen) =>
          socket.on("message", (data) => {
            // ws hands over Buffers unless told otherwise.
            void listen((data as Buffer).toString("utf8")).catch((error: unknown) => {
              this.#options.rules.log.error({ err: error }, "a message over a WebSocket failed");
              socket.close(CloseCode.InternalServerError, "Internal server error");
            });
          }),
      },
      extra,
    );
    // ws closes after an error by itself; without a listener it would end the process.
    socket.on("error", () => undefined);
    socket.once("close", (code, reason) => {
      watch.remove(extra.connection);
      extra.connection.end();
      void closed(code, String(reason));
    });
  }

  #speak(): ProtocolServer<Extra> {
    const { authenticator, rules, ...parts } = this.#options;
    return makeServer<Record<string, unknown>, Extra>({
      connectionInitWaitTimeout: HELLO_WITHIN_MS,

      async onConnect({ connectionParams, extra }) {
        const secret = secretIn(connectionParams) ?? extra.proof;
        extra.principal = secret === null ? null : await authenticator.principalOf(secret);
        extra.connection.secret = secret;
        return may(extra.principal, "read");
      },

      onSubscribe({ extra, subscriptions }, _id, { query, variables, operationName }) {
        if (Object.keys(subscriptions).length > MAX_QUESTIONS) {
          return [
            new GraphQLError(`At most ${MAX_QUESTIONS} at once over one connection.`, {
              extensions: { code: "TOO_EXPENSIVE" },
            }),
          ];
        }
        if (!extra.principal) return [new GraphQLError("Who is asking?", { extensions: { code: "NOT_ALLOWED" } })];
        const context = new ApiContext(extra.principal, parts, "subscription");
        const question = { query, variables: variables ?? undefined, operationName: operationName ?? undefined };
        const prepared = prepareQuestion(question, context, rules);
        return isRefusal(prepared) ? [...prepared] : prepared;
      },

      onNext: (_context, _id, _payload, _args, result) =>
        toPublicResult(result as ExecutionResult, rules) as FormattedExecutionResult,
    });
  }
}

/** As the gate reads it, or bare: `{ "authorization": "Bearer …" }` or `{ "token": "…" }`. */
function secretIn(parameters: Readonly<Record<string, unknown>> | undefined): string | null {
  const { authorization, Authorization = authorization, token } = parameters ?? {};
  if (typeof token === "string") return token;
  return typeof Authorization === "string" ? (proofOf({ authorization: Authorization })?.secret ?? null) : null;
}

class Connection implements StreamReader {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #ping: NodeJS.Timeout;
  readonly #sending = new Set<number>();
  readonly allowed: () => Promise<boolean>;
  secret: string | null = null;
  #answered = true;

  constructor(socket: WebSocket, clock: Clock, allowed: () => Promise<boolean>) {
    this.#socket = socket;
    this.#clock = clock;
    this.allowed = allowed;
    socket.on("pong", () => {
      this.#answered = true;
    });
    this.#ping = setInterval(() => this.#beat(), PING_EVERY_MS).unref();
  }

  /** Resolves when the message has left, so that the next one is asked for only then. */
  async send(text: string): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const since = this.#clock.monotonicMs();
    this.#sending.add(since);
    await new Promise<void>((resolve) => this.#socket.send(text, () => resolve()));
    this.#sending.delete(since);
  }

  sendingSinceMs(): number | null {
    const [oldest = null] = this.#sending;
    return oldest;
  }

  bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  drop(why: DropReason): void {
    // Whoever reads nothing would not read the reason either, and a polite goodbye would wait behind what is not read.
    if (why === "stuck") this.#socket.terminate();
    else this.#socket.close(CloseCode.Forbidden, "Not allowed any more");
  }

  end(): void {
    clearInterval(this.#ping);
  }

  #beat(): void {
    if (!this.#answered) return this.#socket.terminate();
    this.#answered = false;
    return this.#socket.ping();
  }
}
