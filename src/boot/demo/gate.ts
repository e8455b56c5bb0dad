/**
 * A door before a sandbox: always at the same address, so that links into the tool outlive a restart, and one that can
 * be shut, for a source that goes blind.
 */
import { connect, createServer, type Socket } from "node:net";
import { listenerOf, listenNear } from "../listen.ts";

export interface Gate {
  readonly url: string;
  readonly port: number;
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

export async function openGate(target: URL, preferredPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isShut = false;

  const server = createServer((inner) => {
    if (isShut) {
      inner.destroy();
      return;
    }
    const outer = connect(Number(target.port), target.hostname);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // Either end may be cut at any moment; the other then ends as well, and that is all there is to do.
      socket.on("error", () => undefined);
    }
    inner.pipe(outer).pipe(inner);
    inner.on("close", () => outer.destroy());
    outer.on("close", () => inner.destroy());
  });
  const port = await listenNear(listenerOf(server), { host: "127.0.0.1", port: preferredPort });

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    shut() {
      isShut = true;
      cut();
    },
    open() {
      isShut = false;
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
