/** The load of one round, in a process of its own. */
import { startProgram } from "../program.ts";
import type { LoadRequest } from "./client.ts";

export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export async function load(request: LoadRequest): Promise<Load> {
  const client = await startProgram<Load | { failure: string }>("test/bench/load/client.ts", {
    args: [JSON.stringify(request)],
  });
  if ("failure" in client.ready)
    throw new Error(`${request.path} on ${request.port} answered: ${client.ready.failure}`);
  return client.ready;
}
