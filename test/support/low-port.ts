/** Listens on a free loopback port below the range from which the system takes ports for outgoing connections. */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:net";

export async function listenLow(server: Server): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(20_000, 32_000);
    const outcome = once(server, "listening").then(
      () => true,
      () => false,
    );
    server.listen(port, "127.0.0.1");
    if (await outcome) return port;
  }
  throw new Error("no free port between 20000 and 32000 in 50 tries");
}
