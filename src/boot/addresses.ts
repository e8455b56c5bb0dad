/** Gives an app its address: the one asked for, or near the default when nobody asked. */
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { printAddress } from "./address.ts";
import { type Listen, listenAt, listenNear } from "./listen.ts";
import { type Settings, SETTINGS } from "./settings.ts";

export interface Listening {
  /** As this machine reaches it. */
  readonly url: string;
  readonly remarks: readonly string[];
}

export async function listenAs(
  app: FastifyInstance,
  settings: Settings,
  which: "listen" | "metricsListen",
): Promise<Listening> {
  const wanted = settings[which];
  const { name, byDefault } = SETTINGS[which];
  const listen: Listen = async ({ host, port }) => {
    await app.listen({ host, port });
    return (app.server.address() as AddressInfo).port;
  };
  const isDefault = printAddress(wanted) === byDefault;
  const port = isDefault ? await listenNear(listen, wanted) : await listenAt(listen, wanted, name);
  const host = ["0.0.0.0", "::"].includes(wanted.host) ? "127.0.0.1" : wanted.host;
  const moved = isDefault && port !== wanted.port;
  return {
    url: `http://${printAddress({ host, port })}`,
    remarks: moved ? [`port ${wanted.port} was taken, so ${port} it is; ${name} chooses another`] : [],
  };
}
