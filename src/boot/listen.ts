/** Takes a port, or the next free one where nobody asked for that very port. */
import type { AddressInfo, Server } from "node:net";
import { InputError } from "../lib/input-error.ts";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Begins to listen and answers with the port, or rejects with EADDRINUSE and may be asked again. */
export type Listen = (place: Place) => Promise<number>;

const TRIES = 20;

/** In steps of two: console and metrics are neighbours, and neither should take the other's place. */
export async function listenNear(listen: Listen, { host, port }: Place): Promise<number> {
  for (let next = port; next < port + 2 * TRIES; next += 2) {
    const taken = await tryListen(listen, { host, port: next });
    if (taken !== null) return taken;
  }
  throw new InputError("port", `${port} and the ${TRIES} after it are taken on ${host}`);
}

export async function listenAt(listen: Listen, place: Place, setting: string): Promise<number> {
  const port = await tryListen(listen, place);
  if (port !== null) return port;
  const message = `port ${place.port} of ${place.host} is taken; stop the program that holds it, or set ${setting}`;
  throw new InputError(setting, message);
}

export function listenerOf(server: Server): Listen {
  return (place) =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ ...place, exclusive: true }, () => {
        server.off("error", reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
}

async function tryListen(listen: Listen, place: Place): Promise<number | null> {
  try {
    return await listen(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
}
