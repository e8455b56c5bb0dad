/** A line to a server that can be cut and mended, always at one address: what a restart of the server looks like. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../../src/adapter/free-port.ts";

export interface BreakableLine {
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function breakableLine(to: string): Promise<BreakableLine> {
  const target = new URL(to);
  const port = await freePort();
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  function pass(incoming: Socket): void {
    const outgoing = connect(Number(target.port), target.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  }

  const line: BreakableLine = {
    url: Object.assign(new URL(to), { port: String(port) }).href.replace(/\/$/, ""),
    mend: () =>
      new Promise((resolve) => {
        server = createServer(pass).listen(port, "127.0.0.1", () => resolve());
      }),
    cut: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        if (server) server.close(() => resolve());
        else resolve();
        server = null;
      }),
  };
  await line.mend();
  return line;
}
