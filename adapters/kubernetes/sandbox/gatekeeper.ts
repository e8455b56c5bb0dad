/** What one may do in the cluster, and how it is told that one may not. */
import type { FastifyReply } from "fastify";
import type { Cluster } from "./cluster.ts";
import { RESOURCES } from "./discovery.ts";
import { forbidden, Refusal } from "./refusal.ts";
import type { Kind } from "./store.ts";
import type { OpenWatch } from "./watch-route.ts";

export interface Server {
  readonly cluster: Cluster;
  readonly requests: string[];
  /** `list jobs.batch`: every right that was made use of. */
  readonly used: Set<string>;
  readonly watches: Set<OpenWatch>;
  token: string | null;
}

const USER = "system:serviceaccount:tutti:tutti";

export interface Deed {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | null;
}

export function mayDo({ quirks }: Cluster, deed: Deed): boolean {
  const name = printDeed(deed);
  return (
    !quirks.forbidden.has(name) && !(deed.namespace !== null && quirks.forbidden.has(`${name} in ${deed.namespace}`))
  );
}

function printDeed({ verb, group, resource }: Deed): string {
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}`;
}

/** Throws the 403 that names verb, resource and place. */
export function authorize({ cluster, used }: Server, verb: string, resource: string, namespace: string | null): void {
  const { group } = RESOURCES[resource.split("/")[0] as Kind];
  const deed = { verb, group, resource, namespace };
  used.add(printDeed(deed));
  if (!mayDo(cluster, deed)) throw forbidden(USER, verb, resource, group, namespace);
}

export function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  const status = (error as { readonly statusCode?: number }).statusCode ?? 500;
  const refusal = error instanceof Refusal ? error : new Refusal(status, "InternalError", String(error));
  return reply.status(refusal.code).type("application/json").send(refusal.body);
}
