/** The operator's PostgreSQL, or one of our own in the data folder. */
import type { Logger } from "../telemetry/log.ts";
import { startEmbedded } from "../store/embedded/index.ts";
import type { Settings } from "./settings.ts";

export interface Database {
  readonly url: string;
  readonly embedded: boolean;
  /** Resolves when a server of our own is no more; never for the operator's. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

export async function openDatabase({ databaseUrl, data }: Settings, log: Logger): Promise<Database> {
  if (databaseUrl !== null) {
    return { url: databaseUrl, embedded: false, ended: new Promise(() => undefined), stop: async () => undefined };
  }
  const server = await startEmbedded({ folder: data, log });
  return { url: server.url, embedded: true, ended: server.ended, stop: () => server.stop() };
}
