/** A path to PostgreSQL that can go silent, as one does when a firewall forgets it: no bytes, and no reset either. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listenLow } from "./low-port.ts";

export interface SwallowingProxy {
  /** The database, by way of the proxy. */
  readonly url: string;
  /** What is connected now never hears a word again; new connections are accepted and hear nothing either. */
  readonly swallow: () => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

export async function openSwallowingProxy(databaseUrl: string): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  const server: Server = createServer((near) => {
    const far = connect(`${new URL(databaseUrl).searchParams.get("host")}/.s.PGSQL.5432`);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => silent || lost.has(near) || to.write(bytes));
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
    if (silent) lost.add(near);
  });
  const lost = new WeakSet<Socket>();
  const port = await listenLow(server);
  const url = new URL(databaseUrl);
  url.search = "";
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    swallow() {
      silent = true;
      for (const socket of sockets) lost.add(socket);
    },
    heal() {
      silent = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
