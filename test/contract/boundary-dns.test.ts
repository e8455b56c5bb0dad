import type * as dns from "node:dns";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../../src/adapter/free-port.ts";
import { sourceHost } from "../support/source-host.ts";

/** What our DNS answers, one lookup after the other. */
const answers = vi.hoisted(() => ({ next: [] as string[], asked: 0 }));

vi.mock("node:dns", async (original) => ({
  ...(await original<typeof dns>()),
  lookup(_name: string, _options: object, callback: (error: null, found: object[]) => void) {
    const address = answers.next[Math.min(answers.asked, answers.next.length - 1)];
    answers.asked += 1;
    callback(null, [{ address, family: 4 }]);
  },
}));

const server = createServer((_request, reply) => {
  reply.setHeader("content-type", "application/json").setHeader("connection", "close").end("{}");
});
let port = 0;
beforeAll(async () => {
  port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
});
afterAll(() => server.close());

async function ask(...addresses: readonly string[]) {
  Object.assign(answers, { next: addresses, asked: 0 });
  const http = sourceHost({ attempts: 1 }).http({ baseUrl: `http://rebound.example:${port}` });
  const get = () => http.get("/", { signal: new AbortController().signal }).catch((error: unknown) => error);
  return { get, close: () => http.close() };
}

describe("a name", () => {
  it("is resolved once, and the address that was looked at is the one connected to", async () => {
    const { get, close } = await ask("127.0.0.1", "169.254.169.254");
    expect(await get()).toMatchObject({ status: 200 });
    expect(answers.asked).toBe(1);
    close();
  });

  it("that turns to a metadata address later is refused then", async () => {
    const { get, close } = await ask("127.0.0.1", "169.254.169.254");
    await get();
    const error = await get();
    expect(error).toMatchObject({ fault: "refused", passing: false, uncertain: false });
    expect((error as Error).message).toMatch(/an address that is never asked/);
    close();
  });
});
