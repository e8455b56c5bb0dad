import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createGzip, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../src/adapter/free-port.ts";
import type { HttpOptions, HttpRequest } from "../../src/adapter/http/http.ts";
import type { Limits } from "../../src/adapter/http/limits.ts";
import { sourceHost } from "../support/source-host.ts";

const never = new AbortController().signal;
const MEGABYTE = 1024 * 1024;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers with bytes, as no HTTP library would let us. */
async function wire(answer: (socket: Socket, nth: number) => void): Promise<{ port: number; sockets: () => number }> {
  let sockets = 0;
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets += 1;
    open.add(socket);
    socket.on("error", () => {}).once("close", () => open.delete(socket));
    const nth = sockets;
    socket.on("data", () => answer(socket, nth));
  });
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port, sockets: () => sockets };
}

function client(port: number, limits: Partial<Limits> = {}, options: Partial<HttpOptions> = {}) {
  const host = sourceHost({ attempts: 1, ...limits });
  const http = host.http({ baseUrl: `http://127.0.0.1:${port}`, ...options });
  closing.push(() => http.close());
  return http;
}

async function ask(port: number, limits: Partial<Limits> = {}, request: Partial<HttpRequest> = {}) {
  return client(port, limits)
    .get("/", { signal: never, ...request })
    .catch((error: unknown) => error);
}

const head = (...headers: readonly string[]) =>
  ["HTTP/1.1 200 OK", "content-type: application/json", ...headers, "", ""].join("\r\n");

function pour(socket: Socket, chunk: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}

/** The most that was held while something ran, beyond what was held before. */
async function heldDuring(work: () => Promise<unknown>): Promise<number> {
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, held());
  }, 2);
  await work().finally(() => clearInterval(timer));
  return Math.max(most, held()) - before;
}

describe("an answer that breaks off", () => {
  it("before its announced length is malformed, and passing", async () => {
    const { port } = await wire((socket) => socket.end(`${head("content-length: 100")}{"a":1}`));
    expect(await ask(port)).toMatchObject({ fault: "malformed", passing: true, status: 200 });
  });

  it("between two chunks is malformed", async () => {
    const { port } = await wire((socket) => socket.end(`${head("transfer-encoding: chunked")}7\r\n{"a":1}\r\n`));
    expect(await ask(port)).toMatchObject({ fault: "malformed", passing: true });
  });

  it("in the middle of its compression is malformed, even when the rest reads well", async () => {
    const whole = gzipSync(`{"rows":[]}${" ".repeat(5_000)}`);
    const { port } = await wire((socket) => {
      socket.write(head("content-encoding: gzip", "connection: close"));
      socket.end(whole.subarray(0, whole.length - 8));
    });
    expect(await ask(port)).toMatchObject({ fault: "malformed", passing: true });
  });

  it("with headers alone is unreachable", async () => {
    const { port } = await wire((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-"));
    expect(await ask(port)).toMatchObject({ fault: "unreachable", passing: true, uncertain: true });
  });
});

describe("an answer that is no HTTP", () => {
  it("is malformed", async () => {
    const { port } = await wire((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(await ask(port)).toMatchObject({ fault: "malformed" });
  });

  it("with a megabyte of headers is malformed", async () => {
    const { port } = await wire((socket) => socket.end(head(`x-large: ${"x".repeat(MEGABYTE)}`)));
    const error = await ask(port);
    expect(error).toMatchObject({ fault: "malformed" });
    expect((error as Error).message).toMatch(/headers larger than 16 kB/);
  });

  it("in an encoding nobody asked for is malformed", async () => {
    const { port } = await wire((socket) => socket.end(`${head("content-encoding: zstd", "content-length: 2")}{}`));
    expect(await ask(port)).toMatchObject({ fault: "malformed", passing: false });
  });

  it("though it says it is compressed is malformed", async () => {
    const { port } = await wire((socket) => socket.end(`${head("content-encoding: gzip", "content-length: 2")}{}`));
    expect(await ask(port)).toMatchObject({ fault: "malformed" });
  });
});

describe("the deadline", () => {
  const within = { longestTimeoutMs: 300 };

  it.each<[string, (socket: Socket) => void]>([
    ["silence", () => {}],
    [
      "headers that come byte by byte",
      (socket) => {
        const timer = setInterval(() => socket.write("x"), 20);
        socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
        socket.once("close", () => clearInterval(timer));
      },
    ],
    [
      "a body that comes byte by byte",
      (socket) => {
        socket.write(head("content-length: 100000"));
        const timer = setInterval(() => socket.write(" "), 20);
        socket.once("close", () => clearInterval(timer));
      },
    ],
  ])("ends %s", async (_what, answer) => {
    const { port } = await wire(answer);
    const before = performance.now();
    const error = await ask(port, within);
    expect(error).toMatchObject({ fault: "unreachable", passing: true, uncertain: true });
    expect((error as Error).message).toMatch(/no whole answer within 300ms/);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it("is not multiplied by repeats", async () => {
    const { port, sockets } = await wire(() => {});
    await ask(port, { ...within, attempts: 3 });
    expect(sockets()).toBe(1);
  });
});

describe("a body without end", () => {
  const limits = { maxBytes: 4 * MEGABYTE };

  it("is given up at the limit, and memory stays flat", async () => {
    const { port } = await wire((socket) => {
      socket.write(head("connection: close"));
      pour(socket, Buffer.alloc(65_536, " "));
    });
    const held = await heldDuring(async () => {
      expect(await ask(port, limits)).toMatchObject({ fault: "malformed", passing: false });
    });
    expect(held).toBeLessThan(40 * MEGABYTE);
  });

  it("of 200 MB is not read to its end", async () => {
    let sent = 0;
    const chunk = Buffer.alloc(MEGABYTE, "[");
    const { port } = await wire((socket) => {
      socket.write(head(`content-length: ${200 * MEGABYTE}`));
      const more = () => {
        while (!socket.destroyed && sent < 200 * MEGABYTE) {
          sent += chunk.length;
          if (!socket.write(chunk)) return socket.once("drain", more);
        }
        return socket;
      };
      more();
    });
    expect(await ask(port, limits)).toMatchObject({ fault: "malformed" });
    expect(sent).toBeLessThan(40 * MEGABYTE);
  });

  it("that was packed small is as large as it unpacks", async () => {
    const { port } = await wire((socket) => {
      socket.write(head("content-encoding: gzip", "connection: close"));
      const bomb = createGzip();
      bomb.pipe(socket);
      const zeros = Buffer.alloc(MEGABYTE);
      const more = () => {
        while (!socket.destroyed && bomb.write(zeros));
        if (!socket.destroyed) bomb.once("drain", more);
      };
      more();
    });
    const held = await heldDuring(async () => {
      expect(await ask(port, limits)).toMatchObject({ fault: "malformed", passing: false });
    });
    expect(held).toBeLessThan(60 * MEGABYTE);
  });

  it("behind a refusal is still that refusal", async () => {
    const { port } = await wire((socket) => {
      socket.write("HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\n\r\n");
      pour(socket, Buffer.alloc(65_536, "x"));
    });
    expect(await ask(port)).toMatchObject({ fault: "refused", status: 403 });
  });
});

describe("a connection", () => {
  const fine = (socket: Socket) => socket.write(`${head("content-length: 2")}{}`);

  it("is kept and used again", async () => {
    const { port, sockets } = await wire(fine);
    const http = client(port);
    for (let times = 0; times < 20; times += 1) await http.get("/", { signal: never });
    expect(sockets()).toBe(1);
  });

  it("is one of few, however many requests there are", async () => {
    const { port, sockets } = await wire((socket) => setImmediate(() => fine(socket)));
    const http = client(port, {}, { concurrency: 3 });
    await Promise.all(Array.from({ length: 30 }, () => http.get("/", { signal: never })));
    expect(sockets()).toBeLessThanOrEqual(3);
  });

  it("that is reset is unreachable, and asked again where that is harmless", async () => {
    const { port } = await wire((socket, nth) => (nth === 1 ? socket.resetAndDestroy() : fine(socket)));
    expect(await ask(port, { attempts: 2 })).toMatchObject({ status: 200 });
  });

  it("to nobody is certain not to have done anything", async () => {
    const port = await freePort();
    const error = await ask(port);
    expect(error).toMatchObject({ fault: "unreachable", passing: true, uncertain: false });
    expect((error as Error).message).toMatch(/nothing listens there/);
  });

  it("to a name nobody knows says so", async () => {
    const http = sourceHost({ attempts: 1 }).http({ baseUrl: "http://no-such-host.invalid" });
    const error = await http.get("/", { signal: never }).catch((error: unknown) => error);
    expect(error).toMatchObject({ fault: "unreachable", uncertain: false });
    expect((error as Error).message).toMatch(/its name is not known to DNS|DNS did not answer/);
  });

  it("goes past whatever proxy the environment names", async () => {
    const before = process.env["HTTP_PROXY"];
    process.env["HTTP_PROXY"] = process.env["http_proxy"] = "http://127.0.0.1:9";
    try {
      const { port } = await wire(fine);
      expect(await ask(port)).toMatchObject({ status: 200 });
    } finally {
      delete process.env["http_proxy"];
      if (before === undefined) delete process.env["HTTP_PROXY"];
      else process.env["HTTP_PROXY"] = before;
    }
  });
});

describe("an abort", () => {
  it("in the middle of a body is an abort, and closes the socket", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const arrived = new Promise<void>((resolve) => {
      void wire((socket) => {
        socket.write(head("content-length: 1000"));
        closed = new Promise((resolve) => socket.once("close", resolve));
        resolve();
      }).then(({ port }) => start(port));
    });
    const controller = new AbortController();
    let answer: Promise<unknown> = Promise.resolve();
    const start = (port: number) => {
      answer = ask(port, {}, { signal: controller.signal });
    };
    await arrived;
    controller.abort(new Error("the operator left"));
    expect(await answer).toMatchObject({ name: "AbortError" });
    await closed;
  });
});
