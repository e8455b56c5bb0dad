import { once } from "node:events";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../src/adapter/free-port.ts";
import { RemoteError } from "../../src/adapter/remote-error.ts";
import { createAuthority, createCertificate } from "../support/certificates.ts";
import { sourceHost } from "../support/source-host.ts";

const authority = createAuthority("Tutti test authority");
const good = createCertificate({ name: "127.0.0.1", issuer: authority });
const signal = new AbortController().signal;
const yesterday = new Date(Date.now() - 86_400_000);
const tomorrow = new Date(Date.now() + 86_400_000);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  return port;
}

function serve(options: ServerOptions): Promise<number> {
  const server = createHttpsServer(options, (_request, reply) => {
    reply.setHeader("content-type", "application/json").end("{}");
  });
  return listen(server);
}

function ask(port: number, { ca, host = "127.0.0.1" }: { ca?: string; host?: string } = {}) {
  const http = sourceHost({ attempts: 3 }).http({ baseUrl: `https://${host}:${port}`, ...(ca ? { ca } : {}) });
  return http
    .get("/", { signal })
    .catch((error: unknown) => error)
    .finally(() => http.close());
}

describe("a TLS server", () => {
  it("of an authority that was named is trusted", async () => {
    expect(await ask(await serve(good), { ca: authority.cert })).toMatchObject({ status: 200 });
  });

  it.each([
    ["has expired", { notAfter: yesterday, issuer: authority }, /its certificate has expired/],
    ["is not valid yet", { notBefore: tomorrow, issuer: authority }, /its certificate is not valid yet/],
    ["is for another host", { name: "other.example", issuer: authority }, /its certificate is for another host/],
    ["is self-signed", {}, /its certificate is self-signed; name its authority in `ca`/],
    ["comes from a stranger", { issuer: createAuthority("stranger") }, /authority we do not know/],
  ])("whose certificate %s is refused in these words", async (_what, options, words) => {
    const port = await serve(createCertificate({ name: "127.0.0.1", ...options }));
    const error = await ask(port, { ca: authority.cert });
    expect(error).toMatchObject({ fault: "unreachable", passing: false, uncertain: false });
    expect((error as Error).message).toMatch(words);
  });

  it("of a private authority that nobody named is refused", async () => {
    expect(((await ask(await serve(good))) as Error).message).toMatch(/authority we do not know/);
  });

  it("that speaks only TLS 1.1 is refused", async () => {
    const old = { ...good, maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const error = (await ask(await serve(old), { ca: authority.cert })) as Error;
    expect(error).toMatchObject({ fault: "unreachable", passing: false });
    expect(error.message).toMatch(/it speaks no TLS that we accept/);
  });

  it("that is none at all is told apart", async () => {
    const plain = createTcpServer((socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = (await ask(await listen(plain), { ca: authority.cert })) as Error;
    expect(error.message).toMatch(/it speaks no TLS; is it http rather than https\?/);
  });

  it("is not trusted because an environment variable says so", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      expect(await ask(await serve(good))).toBeInstanceOf(RemoteError);
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
  });
});
