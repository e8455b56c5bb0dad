/** Stands before a sandbox and lets through what it is told to, so that any adapter can be shown any fault. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { freePort } from "../free-port.ts";

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Exchange {
  readonly request: ProxiedRequest;
  readonly reply: ServerResponse;
  /** Lets the sandbox do what was asked, and answers with its answer. */
  readonly forward: () => Promise<ProxiedAnswer>;
  /** Passes an answer on, whole. */
  readonly answer: (answer: ProxiedAnswer) => void;
}

/** What happens to a request instead of being passed on. */
export type Interference = (exchange: Exchange) => void | Promise<void>;

export interface FaultProxy {
  readonly url: string;
  readonly seen: readonly ProxiedRequest[];
  /** From now on. `which` is asked with the number of the request since, beginning with 1. */
  interfere(how: Interference, which?: (nth: number, request: ProxiedRequest) => boolean): void;
  mend(): void;
  /** Answers as soon as one more request has come in. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

export async function openFaultProxy(target: string, now: () => Date): Promise<FaultProxy> {
  const seen: ProxiedRequest[] = [];
  let interference: { how: Interference; which: (nth: number, request: ProxiedRequest) => boolean } | null = null;
  let nth = 0;
  let waiting: (() => void)[] = [];

  const server = createServer((incoming, reply) => {
    void handle(incoming, reply).catch(() => reply.destroy());
  });

  async function handle(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    seen.push(request);
    nth += 1;
    for (const wake of waiting.splice(0)) wake();
    const exchange: Exchange = {
      request,
      reply,
      forward: () => forward(target, request),
      answer: ({ status, headers, body }) => {
        // The remote tells the time by its own clock, whatever the clock of this process says.
        reply.writeHead(status, {
          ...withoutLength(headers),
          "content-length": body.length,
          date: now().toUTCString(),
        });
        reply.end(body);
      },
    };
    if (interference?.which(nth, request)) await interference.how(exchange);
    else exchange.answer(await exchange.forward());
  }

  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });

  return {
    url: target.replace(new URL(target).host, `127.0.0.1:${port}`),
    seen,
    interfere(how, which = () => true) {
      interference = { how, which };
      nth = 0;
    },
    mend() {
      interference = null;
    },
    nextRequest: () =>
      new Promise((resolve) => {
        waiting = [...waiting, resolve];
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<ProxiedRequest> {
  const { method = "GET", url = "/", headers } = incoming;
  return { method, path: url, headers, body: await buffer(incoming) };
}

function forward(target: string, { method, path, headers, body }: ProxiedRequest): Promise<ProxiedAnswer> {
  const { hostname, port } = new URL(target);
  // Uncompressed, so that an answer can be changed on its way; and to the sandbox's own name.
  const { "accept-encoding": _encoding, host: _host, connection: _connection, ...rest } = headers;
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest({ hostname, port, method, path, headers: rest, agent: false }, (answer) => {
      buffer(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** What is said about one connection is not for the next. */
const HOP_BY_HOP = ["content-length", "transfer-encoding", "connection", "keep-alive"];

function withoutLength(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
