import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../src/adapter/free-port.ts";
import type { HttpOptions, HttpStreamRequest } from "../../src/adapter/http/http.ts";
import { createAuthority, createCertificate } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { sourceHost } from "../support/source-host.ts";

const never = new AbortController().signal;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Answer = (reply: ServerResponse, request: IncomingMessage) => void;

async function listen(server: Server): Promise<number> {
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

async function serve(answer: Answer) {
  const requests: IncomingMessage[] = [];
  const port = await listen(
    createServer((request, reply) => {
      requests.push(request);
      answer(reply, request);
    }),
  );
  return { port, requests };
}

function client(port: number, options: Partial<HttpOptions> = {}) {
  const http = sourceHost({ attempts: 1 }).http({ baseUrl: `http://127.0.0.1:${port}`, ...options });
  closing.push(() => http.close());
  return http;
}

function open(port: number, request: Partial<HttpStreamRequest> = {}, options: Partial<HttpOptions> = {}) {
  return client(port, options).stream("/watch", { signal: never, idleMs: 5_000, ...request });
}

/** What came until it ended, and how it ended. */
async function read(lines: AsyncIterable<string>) {
  const seen: string[] = [];
  try {
    for await (const line of lines) seen.push(line);
    return { seen, error: null };
  } catch (error) {
    return { seen, error };
  }
}

const writes =
  (...chunks: readonly (string | Buffer)[]): Answer =>
  async (reply) => {
    for (const chunk of chunks) {
      reply.write(chunk);
      // Each in a packet of its own.
      await new Promise((resolve) => setImmediate(resolve));
    }
    reply.end();
  };

describe("a stream", () => {
  it("gives each line whole, however the bytes were cut", async () => {
    const euro = Buffer.from("€");
    const chunks = ["one\ntw", "o\nthree ", euro.subarray(0, 1), euro.subarray(1), "\n\nlast"];
    const { port } = await serve(writes(...chunks));
    expect((await read((await open(port)).lines)).seen).toEqual(["one", "two", "three €", "", "last"]);
  });

  it("resolves when the remote begins to answer", async () => {
    let reply: ServerResponse | undefined;
    const { port } = await serve((answer) => {
      reply = answer;
      answer.flushHeaders();
    });
    const { status, lines } = await open(port);
    expect(status).toBe(200);
    reply?.end("late\n");
    expect((await read(lines)).seen).toEqual(["late"]);
  });

  it("that is refused says so like any answer", async () => {
    const { port } = await serve((reply) => reply.writeHead(403).end(JSON.stringify({ message: "not yours" })));
    await expect(open(port)).rejects.toMatchObject({ fault: "refused", status: 403, message: /not yours/ });
  });

  it("that goes silent is unreachable", async () => {
    const { port } = await serve((reply) => void reply.write("one\n"));
    const { seen, error } = await read((await open(port, { idleMs: 30 })).lines);
    expect(seen).toEqual(["one"]);
    expect(error).toMatchObject({ fault: "unreachable", passing: true, message: expect.stringMatching(/silent/) });
  });

  it("that is cut is unreachable, after all that came", async () => {
    const { port } = await serve((reply) => void reply.write("one\ntw", () => reply.destroy()));
    const { seen, error } = await read((await open(port)).lines);
    expect(seen).toEqual(["one"]);
    expect(error).toMatchObject({ fault: "unreachable", passing: true });
  });

  it("stays an abort when it is aborted", async () => {
    const { port, requests } = await serve((reply) => void reply.write("one\n"));
    const leave = new AbortController();
    const { lines } = await open(port, { signal: leave.signal });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of lines) {
        seen.push(line);
        leave.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(seen).toEqual(["one"]);
    await eventually(() => requests[0]?.socket.destroyed);
  });

  it("holds no line beyond its bound", async () => {
    const { port } = await serve(writes("short\n", "x".repeat(5_000)));
    const { seen, error } = await read((await open(port, { maxLineBytes: 1_000 })).lines);
    expect(seen).toEqual(["short"]);
    expect(error).toMatchObject({ fault: "malformed" });
  });

  it("lets go of its socket when nobody reads on", async () => {
    const { port, requests } = await serve((reply) => void reply.write("one\ntwo\n"));
    for await (const line of (await open(port)).lines) {
      expect(line).toBe("one");
      break;
    }
    await eventually(() => requests[0]?.socket.destroyed);
  });

  it("takes no slot from the questions beside it", async () => {
    const { port } = await serve((reply, { url }) => {
      if (url === "/watch") return void reply.write("one\n");
      reply.setHeader("content-type", "application/json").end("{}");
    });
    const http = client(port, { concurrency: 1 });
    const leave = new AbortController();
    const { lines } = await http.stream("/watch", { signal: leave.signal, idleMs: 5_000 });
    expect((await http.get("/other", { signal: never })).status).toBe(200);
    leave.abort();
    await read(lines);
  });

  it("renews a token once for a 401", async () => {
    let token = "old";
    const { port } = await serve((reply, { headers }) => {
      if (headers.authorization !== "Bearer new-token") return reply.writeHead(401).end();
      return reply.end("in\n");
    });
    const authorize = {
      headers: async () => ({ authorization: `Bearer ${token}` }),
      renew: async () => {
        token = "new-token";
        return true;
      },
    };
    expect((await read((await open(port, {}, { authorize })).lines)).seen).toEqual(["in"]);
  });
});

describe("a client certificate", () => {
  const authority = createAuthority("cluster");
  const stranger = createAuthority("somebody else");
  const server = createCertificate({ name: "127.0.0.1", issuer: authority });
  const ours = createCertificate({ name: "tutti", issuer: authority });

  async function asked(options: Partial<HttpOptions>, certificate = server) {
    // As an API server does: it asks for a certificate, and lets those in who show none.
    const manners = { ca: authority.cert, requestCert: true, rejectUnauthorized: false };
    const tls = createHttpsServer({ ...certificate, ...manners }, (request, reply) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      reply.setHeader("content-type", "application/json").end(JSON.stringify({ who: subject?.CN ?? null }));
    });
    const port = await listen(tls);
    const http = client(port, { baseUrl: `https://127.0.0.1:${port}`, ca: authority.cert, ...options });
    return http.get("/", { signal: never }).then(
      ({ body }) => body,
      (error: unknown) => error,
    );
  }

  it("shows who we are", async () => {
    expect(await asked({ clientCertificate: ours })).toEqual({ who: "tutti" });
    expect(await asked({})).toEqual({ who: null });
  });

  it("that is no PEM is refused without being printed", async () => {
    const clientCertificate = { cert: "swordfish", key: "swordfish" };
    const error = await asked({ clientCertificate }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ fault: "refused", passing: false });
    expect(String(error)).not.toMatch(/swordfish/);
  });

  it("of another authority is not trusted when only one is named", async () => {
    expect(await asked({ ca: stranger.cert, onlyCa: true })).toMatchObject({ fault: "unreachable", passing: false });
    expect(await asked({ onlyCa: true })).toEqual({ who: null });
  });

  it("is compared with the name we were told to expect", async () => {
    const elsewhere = createCertificate({ name: "cluster.local", issuer: authority });
    expect(await asked({}, elsewhere)).toMatchObject({ message: /another host/ });
    expect(await asked({ servername: "cluster.local" }, elsewhere)).toEqual({ who: null });
  });
});
