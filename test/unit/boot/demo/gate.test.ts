import { createServer, request, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { isBlind } from "../../../../src/boot/demo/blindness.ts";
import { type Gate, openGate } from "../../../../src/boot/demo/gate.ts";
import { listenerOf, listenNear } from "../../../../src/boot/listen.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function tool(): Promise<URL> {
  const server: Server = createServer((_request, response) => response.end("hello"));
  open.push(server);
  return new URL(`http://127.0.0.1:${await listenNear(listenerOf(server), { host: "127.0.0.1", port: 23_100 })}`);
}

async function gate(): Promise<Gate> {
  const opened = await openGate(await tool(), 23_200);
  open.unshift(opened);
  return opened;
}

function ask(url: string): Promise<string> {
  return new Promise((resolve) => {
    request(url, { agent: false }, (response) => response.on("data", (data: Buffer) => resolve(data.toString())))
      .on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"))
      .end();
  });
}

describe("a gate", () => {
  it("passes everything on while it is open", async () => {
    expect(await ask((await gate()).url)).toBe("hello");
  });

  it("hangs up while it is shut, and opens again", async () => {
    const door = await gate();
    door.shut();
    expect(await ask(door.url)).toBe("ECONNRESET");
    door.open();
    expect(await ask(door.url)).toBe("hello");
  });

  it("takes the next port when its own is taken", async () => {
    const [first, second] = [await gate(), await gate()];
    expect(second.port).toBe(first.port + 2);
  });
});

describe("blindness", () => {
  it("never comes at the start, and comes back", () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => isBlind(minute * 60_000));
    expect(minutes.slice(0, 4)).toEqual([false, false, false, false]);
    expect(minutes.filter(Boolean).length).toBeGreaterThan(4);
    expect(minutes.filter(Boolean).length).toBeLessThan(15);
  });
});
